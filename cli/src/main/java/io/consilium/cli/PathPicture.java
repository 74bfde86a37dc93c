package io.consilium.cli;

import java.util.List;

/**
 * A path as a picture that needs no explanation: a lane for each party, time from left to right, arrows where goods change
 * hands, red where something is wrong. Plain SVG without scripts or links.
 */
final class PathPicture {
    private static final int LEFT = 170;
    private static final int TOP = 96;
    private static final int STEP = 164;
    private static final int LANE = 96;
    private static final int RADIUS = 9;
    private static final int MAX_LABEL = 19;

    private final PathView view;
    private final List<PathView.Event> events;
    private final List<String> parties;
    private final List<PathView.Alert> alerts;
    private final StringBuilder svg = new StringBuilder();

    private PathPicture(PathView view) {
        this.view = view;
        this.events = view.events();
        this.parties = view.parties();
        this.alerts = view.alerts();
    }

    static String draw(PathView view) {
        return new PathPicture(view).draw();
    }

    private String draw() {
        int width = Math.max(LEFT + events.size() * STEP + 60, 760);
        int lanes = TOP + parties.size() * LANE;
        int height = lanes + 50 + alerts.size() * 24;
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height
                + "\" viewBox=\"0 0 " + width + " " + height
                + "\" font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">\n");
        svg.append("<title>Path of " + escaped(view.title()) + "</title>\n");
        svg.append("<defs><marker id=\"arrow\" markerWidth=\"10\" markerHeight=\"8\" refX=\"9\" refY=\"4\""
                + " orient=\"auto\"><path d=\"M0,0 L10,4 L0,8 z\" fill=\"#1f4e79\"/></marker></defs>\n");
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        text(20, 36, 20, "#111111", "bold", "start", view.title());
        heading(width);
        for (int i = 0; i < parties.size(); i++) {
            lane(i, width);
        }
        for (int i = 0; i < events.size(); i++) {
            line(i);
        }
        for (int i = 0; i < events.size(); i++) {
            event(i);
        }
        for (int i = 0; i < alerts.size(); i++) {
            PathView.Alert alert = alerts.get(i);
            warning(28, lanes + 32 + i * 24);
            text(
                    44,
                    lanes + 37 + i * 24,
                    14,
                    "#a61b1b",
                    "bold",
                    "start",
                    alert.type() + ": " + alert.text()
                            + (alert.timeMillis() == 0 ? "" : " (" + when(alert.timeMillis()) + ")"));
        }
        return svg.append("</svg>\n").toString();
    }

    private void heading(int width) {
        boolean good = List.of("ACTIVE", "IN_TRANSIT", "PARTIALLY_DISPENSED").contains(view.status());
        boolean ended = List.of("DISPENSED", "SAMPLED", "EXPORTED", "DESTROYED").contains(view.status());
        String colour = good && alerts.isEmpty() ? "#1e7d34" : ended && alerts.isEmpty() ? "#555555" : "#a61b1b";
        String status = view.status().replace('_', ' ');
        int box = 26 + 10 * status.length();
        svg.append("<rect x=\"20\" y=\"50\" rx=\"4\" width=\"" + box + "\" height=\"26\" fill=\"" + colour + "\"/>\n");
        text(20 + box / 2, 68, 14, "#ffffff", "bold", "middle", status);
        String where = view.traced().getInTransitTo().isEmpty()
                ? "with " + view.traced().getCustodian()
                : "under way from " + view.traced().getCustodian() + " to "
                        + view.traced().getInTransitTo();
        text(32 + box, 68, 14, "#111111", "normal", "start", where);
        text(width - 20, 68, 12, "#555555", "normal", "end", "times in UTC");
    }

    private void lane(int i, int width) {
        int top = TOP + i * LANE;
        svg.append("<rect x=\"0\" y=\"" + top + "\" width=\"" + width + "\" height=\"" + LANE + "\" fill=\""
                + (i % 2 == 0 ? "#f3f6fa" : "#ffffff") + "\"/>\n");
        text(20, top + LANE / 2 + 5, 15, "#111111", "bold", "start", parties.get(i));
        svg.append("<line x1=\"" + (LEFT - 20) + "\" y1=\"" + (top + LANE / 2) + "\" x2=\"" + (width - 20) + "\" y2=\""
                + (top + LANE / 2) + "\" stroke=\"#d5dde6\"/>\n");
    }

    /** From one step to the next: along a lane, or as an arrow where goods change hands. */
    private void line(int i) {
        if (i + 1 >= events.size()) {
            if (!events.get(i).to().isEmpty() && !view.traced().getInTransitTo().isEmpty()) {
                int to = y(events.get(i).to());
                connect(x(i), y(events.get(i).institution()), x(i) + STEP - 40, to, true, true);
            }
            return;
        }
        int from = y(events.get(i).institution());
        int to = y(events.get(i + 1).institution());
        connect(x(i), from, x(i + 1), to, from != to, false);
    }

    private void connect(int x1, int y1, int x2, int y2, boolean handOver, boolean open) {
        svg.append("<line x1=\"" + (x1 + RADIUS) + "\" y1=\"" + y1 + "\" x2=\"" + (x2 - RADIUS - 3) + "\" y2=\"" + y2
                + "\" stroke=\"#1f4e79\" stroke-width=\"" + (handOver ? 2.5 : 2) + "\""
                + (open ? " stroke-dasharray=\"6 5\"" : "")
                + (handOver ? " marker-end=\"url(#arrow)\"" : "") + "/>\n");
    }

    private void event(int i) {
        PathView.Event event = events.get(i);
        int x = x(i);
        int y = y(event.institution());
        boolean bad = List.of("missing", "quarantine", "mark-suspect", "mark-illegitimate", "recall")
                .contains(event.type());
        svg.append("<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"" + RADIUS + "\" fill=\""
                + (bad ? "#a61b1b" : "#1f4e79") + "\" stroke=\"#ffffff\" stroke-width=\"2\"/>\n");
        String sentence = PathView.sentence(event);
        int space = sentence.length() > MAX_LABEL ? sentence.lastIndexOf(' ', MAX_LABEL) : -1;
        if (space > 0) {
            text(x, y - 33, 12, "#111111", "bold", "middle", sentence.substring(0, space));
            text(x, y - 18, 12, "#111111", "bold", "middle", sentence.substring(space + 1));
        } else {
            text(x, y - 18, 12, "#111111", "bold", "middle", sentence);
        }
        text(
                x,
                y + 26,
                11,
                "#444444",
                "normal",
                "middle",
                when(event.timeMillis()).substring(0, 10));
        text(
                x,
                y + 40,
                11,
                "#444444",
                "normal",
                "middle",
                when(event.timeMillis()).substring(11));
    }

    private static int x(int event) {
        return LEFT + 40 + event * STEP;
    }

    private int y(String party) {
        return TOP + parties.indexOf(party) * LANE + LANE / 2;
    }

    private void warning(int x, int y) {
        svg.append("<path d=\"M" + x + "," + (y - 9) + " L" + (x + 10) + "," + (y + 8) + " L" + (x - 10) + "," + (y + 8)
                + " z\" fill=\"#a61b1b\"/>\n");
        text(x, y + 6, 12, "#ffffff", "bold", "middle", "!");
    }

    private void text(int x, int y, int size, String fill, String weight, String anchor, String words) {
        svg.append("<text x=\"" + x + "\" y=\"" + y + "\" font-size=\"" + size + "\" fill=\"" + fill
                + "\" font-weight=\"" + weight + "\" text-anchor=\"" + anchor + "\">" + escaped(words) + "</text>\n");
    }

    /** {@code 2026-01-31 12:00}. */
    private static String when(long millis) {
        return Dates.text(millis).substring(0, 16).replace('T', ' ');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
