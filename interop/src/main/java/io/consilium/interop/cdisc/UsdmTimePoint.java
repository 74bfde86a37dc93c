package io.consilium.interop.cdisc;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When an endpoint of a protocol is measured, as far as its words say so: the model has no place for it.
 *
 * @param sure whether the words name one point, and name it as such
 */
record UsdmTimePoint(String text, boolean sure) {
    private static final String NOT_GIVEN = "As given in the protocol";
    private static final String UNIT = "(?:hours?|days?|weeks?|months?|years?|visits?|cycles?)";
    private static final String NUMBER = "\\d{1,4}";

    /** Possessive, so that a long list takes no stack. */
    private static final String LIST = UNIT + " " + NUMBER
            + "(?:(?:,? and |,? or |, ?| ?& ?| to | through | ?[-\u2013] ?)(?:" + UNIT + " )?" + NUMBER + ")*+";

    /** What a change is measured from is no time point. */
    private static final Pattern POINT = Pattern.compile(
            "\\b(?:(?<point>(?:from |through |up to )?(?:end of (?:treatment|study)|" + LIST + ")"
                    + "|(?:through |up to )" + NUMBER + "[- ]" + UNIT + ")"
                    + "|(?<!from )baseline"
                    + "|(?<!aged )(?<!age )(?<!age of )" + NUMBER + "[- ]" + UNIT + "(?! old| of age))\\b",
            Pattern.CASE_INSENSITIVE);

    /** The last that is named as a point; else the last length of time, or the baseline. */
    static UsdmTimePoint in(String words) {
        List<String> points = new ArrayList<>();
        List<String> others = new ArrayList<>();
        Matcher found = POINT.matcher(words);
        while (found.find()) {
            (found.group("point") == null ? others : points).add(found.group());
        }
        List<String> taken = points.isEmpty() ? others : points;
        return taken.isEmpty()
                ? new UsdmTimePoint(NOT_GIVEN, false)
                : new UsdmTimePoint(taken.get(taken.size() - 1), points.size() == 1 && others.isEmpty());
    }
}
