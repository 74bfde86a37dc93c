package io.consilium.client.trial;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The steps of a trial along a line of time, as an SVG drawing. Labels stand in rows so that none lies on another, however
 * close their times are; each is tied to its place on the line. Steps of one kind that lie together have one label, so that
 * the drawing fits on a sheet.
 */
final class TimelinePlot {
    private static final int WIDTH = 760;
    private static final int MARGIN = 24;
    private static final int ROW = 22;
    private static final int TOP = 14;
    private static final int LABEL_CHARACTER = 7;
    private static final int LABEL_GAP = 14;
    private static final int TOGETHER = 60;

    private TimelinePlot() {}

    /** A label's text, its place on the line and its place in the drawing, in drawing units. */
    private record Label(String text, long at, long left, int row, String colour) {}

    /** Steps of one kind within {@link #TOGETHER} units of the first of them. */
    private static final class Group {
        private final Timeline.Kind kind;
        private final long at;
        private int count;

        Group(Timeline.Kind kind, long at) {
            this.kind = kind;
            this.at = at;
        }

        String text() {
            return count == 1 ? kind.word() : kind.word() + " ×" + count;
        }
    }

    private static List<Group> groups(List<Timeline.Step> steps, long first, long span) {
        Map<Timeline.Kind, Group> newest = new EnumMap<>(Timeline.Kind.class);
        List<Group> groups = new ArrayList<>();
        for (Timeline.Step step : steps) {
            long at = MARGIN + (step.timeMillis() - first) * (WIDTH - 2 * MARGIN) / span;
            Group group = newest.get(step.kind());
            if (group == null || at - group.at > TOGETHER) {
                group = new Group(step.kind(), at);
                newest.put(step.kind(), group);
                groups.add(group);
            }
            group.count++;
        }
        return groups;
    }

    static String svg(List<Timeline.Step> steps) {
        long first = steps.get(0).timeMillis();
        long span = Math.max(1, steps.get(steps.size() - 1).timeMillis() - first);
        List<Long> ends = new ArrayList<>();
        List<Label> labels = new ArrayList<>();
        for (Group group : groups(steps, first, span)) {
            long at = group.at;
            long width = (long) group.text().length() * LABEL_CHARACTER;
            long left = Math.max(MARGIN, Math.min(at - width / 2, WIDTH - MARGIN - width));
            int row = 0;
            while (row < ends.size() && ends.get(row) > left) {
                row++;
            }
            if (row == ends.size()) {
                ends.add(0L);
            }
            ends.set(row, left + width + LABEL_GAP);
            labels.add(new Label(group.text(), at, left, row, colour(group.kind)));
        }
        int axis = TOP + ends.size() * ROW + 10;
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(axis + 34)
                .append(
                        "\" role=\"img\" aria-label=\"Timeline of the trial\" font-family=\"Helvetica, Arial, sans-serif\""
                                + " font-size=\"12\">\n");
        line(svg, MARGIN, axis, WIDTH - MARGIN, axis, "#444", 2);
        for (Label label : labels) {
            int base = TOP + label.row() * ROW;
            line(svg, label.at(), base + 4, label.at(), axis, "#ccc", 1);
        }
        for (Label label : labels) {
            int base = TOP + label.row() * ROW;
            svg.append("<rect x=\"").append(label.left() - 2).append("\" y=\"").append(base - 11);
            svg.append("\" width=\"").append((long) label.text().length() * LABEL_CHARACTER + 4);
            svg.append("\" height=\"15\" fill=\"#fff\"/>\n");
            svg.append("<text x=\"")
                    .append(label.left())
                    .append("\" y=\"")
                    .append(base)
                    .append("\" fill=\"");
            svg.append(label.colour()).append("\">").append(label.text()).append("</text>\n");
            svg.append("<circle cx=\"").append(label.at()).append("\" cy=\"").append(axis);
            svg.append("\" r=\"4\" fill=\"").append(label.colour()).append("\"/>\n");
        }
        svg.append("<text x=\"")
                .append(MARGIN)
                .append("\" y=\"")
                .append(axis + 22)
                .append("\" fill=\"#555\">");
        svg.append(ReportPage.time(first)).append("</text>\n<text x=\"").append(WIDTH - MARGIN);
        svg.append("\" y=\"").append(axis + 22).append("\" text-anchor=\"end\" fill=\"#555\">");
        svg.append(ReportPage.time(first + span)).append("</text>\n</svg>");
        return svg.toString();
    }

    private static void line(StringBuilder svg, long x1, long y1, long x2, long y2, String colour, int width) {
        svg.append("<line x1=\"")
                .append(x1)
                .append("\" y1=\"")
                .append(y1)
                .append("\" x2=\"")
                .append(x2);
        svg.append("\" y2=\"").append(y2).append("\" stroke=\"").append(colour);
        svg.append("\" stroke-width=\"").append(width).append("\"/>\n");
    }

    private static String colour(Timeline.Kind kind) {
        return switch (kind) {
            case REGISTERED, FIRST_ENROLMENT -> "#1d4f91";
            case APPROVED -> "#1d6b35";
            case AMENDED -> "#8a6100";
            case REJECTED, UNLOCKED -> "#a31621";
            case LOCKED, UNBLINDED -> "#5b2a86";
            case RELEASED, PUBLISHED -> "#1a1a1a";
        };
    }
}
