package io.consilium.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A path as a picture that needs no explanation: a lane for each party, time from left to right, a line for the goods
 * themselves, which lies in the lane of whoever has them and crosses as an arrow where they change hands. Red is what is not
 * as it should be: gaps in custody, stops, and numbered alerts at their time. Plain SVG without scripts or links.
 */
final class PathPicture {
    private static final int MIN_LEFT = 170;
    private static final int MAX_NAME = 30;
    private static final int NAME_LETTER = 9;
    private static final int ALERT_LETTER = 8;
    private static final int TOP = 110;
    private static final int STEP = 164;
    private static final int LANE = 100;
    private static final int RADIUS = 9;
    private static final int MAX_LABEL = 20;
    private static final int LABEL_LINE = 15;
    private static final int ALERT_LINE = 24;
    private static final String BLUE = "#1f4e79";
    private static final String RED = "#a61b1b";
    private static final String BLACK = "#111111";
    private static final String GREY = "#555555";

    /** What somebody may say of goods that another has. */
    private static final Set<String> REMARKS =
            Set.of("quarantine", "release", "mark-suspect", "mark-illegitimate", "recall");

    private static final Set<String> STOPS =
            Set.of("missing", "not-received", "quarantine", "mark-suspect", "mark-illegitimate", "recall");

    private final PathView view;
    private final List<PathView.Event> events;
    private final List<String> parties;
    private final List<PathView.Alert> alerts;
    private final int left;
    private final int width;

    /** The words of each alert, in lines as long as the picture is wide. */
    private final List<List<String>> words;

    private final StringBuilder svg = new StringBuilder();

    private PathPicture(PathView view) {
        this.view = view;
        this.events = view.events();
        this.parties = view.parties();
        this.alerts = view.alerts();
        int longest = parties.stream()
                .mapToInt(party -> cut(party, MAX_NAME).length())
                .max()
                .orElse(0);
        this.left = Math.max(MIN_LEFT, 40 + NAME_LETTER * longest);
        this.width = Math.max(left + events.size() * STEP + 110, 900);
        this.words = alerts.stream()
                .map(alert -> lines(text(alert), (width - 66) / ALERT_LETTER))
                .toList();
    }

    static String draw(PathView view) {
        return new PathPicture(view).draw();
    }

    private String draw() {
        int lanes = TOP + parties.size() * LANE;
        int height = lanes + 66 + words.stream().mapToInt(List::size).sum() * ALERT_LINE;
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height
                + "\" viewBox=\"0 0 " + width + " " + height
                + "\" font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">\n");
        svg.append("<title>Path of " + escaped(view.title()) + "</title>\n<defs>" + marker("arrow", BLUE)
                + marker("gap", RED) + "</defs>\n");
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        text(20, 36, 20, BLACK, "bold", "start", view.title());
        heading();
        for (int i = 0; i < parties.size(); i++) {
            lane(i);
        }
        goods();
        for (int i = 0; i < events.size(); i++) {
            event(i);
        }
        alerts(lanes);
        legend(height - 18);
        return svg.append("</svg>\n").toString();
    }

    private static String marker(String id, String colour) {
        return "<marker id=\"" + id
                + "\" markerUnits=\"userSpaceOnUse\" markerWidth=\"16\" markerHeight=\"14\" refX=\"14\""
                + " refY=\"7\" orient=\"auto\"><path d=\"M0,0 L16,7 L0,14 z\" fill=\"" + colour + "\"/></marker>";
    }

    private void heading() {
        boolean good = List.of("ACTIVE", "IN_TRANSIT", "PARTIALLY_DISPENSED").contains(view.status());
        boolean ended = List.of("DISPENSED", "SAMPLED", "EXPORTED", "DESTROYED").contains(view.status());
        String colour = good && alerts.isEmpty() ? "#1e7d34" : ended && alerts.isEmpty() ? GREY : RED;
        String status = view.status().replace('_', ' ');
        int box = 26 + 10 * status.length();
        svg.append("<rect x=\"20\" y=\"52\" rx=\"4\" width=\"" + box + "\" height=\"26\" fill=\"" + colour + "\"/>\n");
        text(20 + box / 2, 70, 14, "#ffffff", "bold", "middle", status);
        String where = view.traced().getInTransitTo().isEmpty()
                ? "with " + view.traced().getCustodian()
                : "under way from " + view.traced().getCustodian() + " to "
                        + view.traced().getInTransitTo();
        if (!alerts.isEmpty()) {
            where += ", " + alerts.size() + (alerts.size() == 1 ? " alert" : " alerts");
        }
        text(32 + box, 70, 14, BLACK, "normal", "start", where);
        text(width - 20, 70, 12, GREY, "normal", "end", "times in UTC");
    }

    private void lane(int i) {
        int top = TOP + i * LANE;
        svg.append("<rect x=\"0\" y=\"" + top + "\" width=\"" + width + "\" height=\"" + LANE + "\" fill=\""
                + (i % 2 == 0 ? "#f3f6fa" : "#ffffff") + "\"/>\n");
        text(20, top + LANE / 2 + 5, 15, BLACK, "bold", "start", cut(parties.get(i), MAX_NAME));
        line(left - 20, top + LANE / 2, width - 20, top + LANE / 2, "#d5dde6", 1, "", "");
    }

    /** The goods from hand to hand. */
    private void goods() {
        String holder = "";
        String to = "";
        int last = -1;
        for (int i = 0; i < events.size(); i++) {
            PathView.Event event = events.get(i);
            boolean others = !event.institution().equals(holder);
            if (last >= 0 && others && REMARKS.contains(event.type())) {
                line(x(i), y(event.institution()), x(i), y(to.isEmpty() ? holder : to), RED, 1, "2 4", "");
                continue;
            }
            if (event.type().equals("missing") || event.type().equals("not-received")) {
                connect(last, i, RED, "6 5", "gap");
                to = event.type().equals("missing") ? to : "";
                continue;
            }
            if (last >= 0 && event.type().equals("receive") && to.equals(event.institution())) {
                connect(last, i, BLUE, "", "arrow");
                to = "";
            } else if (last >= 0 && others) {
                connect(last, i, RED, "6 5", "gap");
                text(x(i) - STEP / 2, (y(holder) + y(event.institution())) / 2 - 8, 12, RED, "bold", "middle", "gap");
            } else if (last >= 0) {
                connect(last, i, BLUE, "", "");
            }
            holder = event.institution();
            last = i;
            to = event.to().isEmpty() ? to : event.to();
        }
        if (last >= 0 && !to.isEmpty() && !view.traced().getInTransitTo().isEmpty()) {
            int end = x(events.size() - 1) + STEP - 60;
            line(x(last) + RADIUS, y(holder), end, y(to), BLUE, 2, "6 5", "arrow");
            text(end + 6, y(to) + 4, 12, BLUE, "bold", "start", "under way");
        }
    }

    private void connect(int from, int to, String colour, String dashes, String arrow) {
        int y1 = y(events.get(Math.max(from, 0)).institution());
        int y2 = y(events.get(to).institution());
        line(x(Math.max(from, 0)) + RADIUS, y1, x(to) - RADIUS - 2, y2, colour, arrow.isEmpty() ? 2 : 3, dashes, arrow);
    }

    private void event(int i) {
        PathView.Event event = events.get(i);
        int x = x(i);
        int y = y(event.institution());
        svg.append("<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"" + RADIUS + "\" fill=\""
                + (STOPS.contains(event.type()) ? RED : BLUE) + "\" stroke=\"#ffffff\" stroke-width=\"2\"/>\n");
        List<String> label = lines(PathView.sentence(event), MAX_LABEL);
        for (int row = 0; row < label.size(); row++) {
            text(x, y - 17 - LABEL_LINE * (label.size() - 1 - row), 12, BLACK, "bold", "middle", label.get(row));
        }
        text(x, y + 25, 11, GREY, "normal", "middle", when(event.timeMillis()).substring(0, 10));
        text(x, y + 39, 11, GREY, "normal", "middle", when(event.timeMillis()).substring(11));
    }

    /** A numbered sign where time and lane are known, and a line of words below for each. */
    private void alerts(int lanes) {
        int[] beside = new int[events.size() + 1];
        int line = lanes + 30;
        for (int i = 0; i < alerts.size(); i++) {
            PathView.Alert alert = alerts.get(i);
            String number = Integer.toString(i + 1);
            if (alert.timeMillis() != 0 && !events.isEmpty()) {
                int after = lastBefore(alert.timeMillis());
                int before = alert.timeMillis() < events.get(0).timeMillis() ? STEP / 2 : 0;
                String lane = parties.contains(alert.institution())
                        ? alert.institution()
                        : events.get(Math.max(after, 0)).institution();
                int offset = 22 * beside[Math.max(after, 0)]++;
                sign(x(after) + 34 + offset - before, y(lane), number);
            }
            sign(28, line - 4, number);
            for (String row : words.get(i)) {
                text(46, line, 14, RED, "bold", "start", row);
                line += ALERT_LINE;
            }
        }
    }

    private static String text(PathView.Alert alert) {
        String time = alert.timeMillis() == 0 ? "" : " (" + when(alert.timeMillis()) + ")";
        return alert.type() + ": " + alert.text() + time;
    }

    /** Words in lines of at most so many letters; a word that is longer is cut. */
    static List<String> lines(String text, int letters) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > letters) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(cut(word, letters));
        }
        lines.add(line.toString());
        return lines;
    }

    private static String cut(String text, int letters) {
        return text.length() <= letters ? text : text.substring(0, letters - 1) + "…";
    }

    private int lastBefore(long timeMillis) {
        int last = 0;
        for (int i = 0; i < events.size(); i++) {
            last = events.get(i).timeMillis() <= timeMillis ? i : last;
        }
        return last;
    }

    private void legend(int y) {
        line(20, y - 4, 60, y - 4, BLUE, 3, "", "arrow");
        text(68, y, 12, GREY, "normal", "start", "changes hands");
        line(170, y - 4, 210, y - 4, BLUE, 2, "6 5", "arrow");
        text(218, y, 12, GREY, "normal", "start", "under way");
        line(300, y - 4, 340, y - 4, RED, 3, "6 5", "gap");
        text(348, y, 12, GREY, "normal", "start", "gap: not received, or nobody handed it over");
        sign(650, y - 4, "n");
        text(668, y, 12, GREY, "normal", "start", "alert, explained above");
    }

    private int x(int event) {
        return left + 40 + event * STEP;
    }

    private int y(String party) {
        return TOP + Math.max(parties.indexOf(party), 0) * LANE + LANE / 2;
    }

    private void sign(int x, int y, String number) {
        svg.append("<path d=\"M" + x + "," + (y - 11) + " L" + (x + 12) + "," + (y + 9) + " L" + (x - 12) + ","
                + (y + 9) + " z\" fill=\"" + RED + "\" stroke=\"#ffffff\"/>\n");
        text(x, y + 7, 11, "#ffffff", "bold", "middle", number);
    }

    private void line(int x1, int y1, int x2, int y2, String colour, int width, String dashes, String arrow) {
        svg.append("<line x1=\"" + x1 + "\" y1=\"" + y1 + "\" x2=\"" + x2 + "\" y2=\"" + y2 + "\" stroke=\"" + colour
                + "\" stroke-width=\"" + width + "\""
                + (dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"")
                + (arrow.isEmpty() ? "" : " marker-end=\"url(#" + arrow + ")\"") + "/>\n");
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
