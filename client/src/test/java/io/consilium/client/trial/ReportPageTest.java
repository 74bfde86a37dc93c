package io.consilium.client.trial;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialPublication;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

@DisplayName("TRI-6 the report as a page for screen and print")
class ReportPageTest {
    private static final long TIME = 1_760_000_000_000L;
    private static final Pattern LABEL =
            Pattern.compile("<text x=\"(\\d+)\" y=\"(\\d+)\" fill=\"#[0-9a-f]+\">([a-z-]+)(?: ×(\\d+))?</text>");
    private static final int CHARACTER = 7;

    private static TrialOutcome outcome(String name, boolean primary) {
        return TrialOutcome.newBuilder()
                .setName(name)
                .setMeasure("score <b>of</b> " + name)
                .setTimePoint("week 12")
                .setPrimary(primary)
                .build();
    }

    private static TrialRegistration registration(TrialOutcome... outcomes) {
        return TrialRegistration.newBuilder()
                .setTitle("Pain & <script>alert(1)</script>")
                .setSponsor("helix")
                .setEthicsCommittee("ethics")
                .addSites("st-mary")
                .addAllOutcomes(Arrays.asList(outcomes))
                .build();
    }

    private static TrialVersion version(long number, long millis) {
        return TrialVersion.newBuilder()
                .setNumber(number)
                .setProtocolVersion(number + ".0")
                .setIcfVersion("1.0")
                .setTimeMillis(millis)
                .setAuthor("helix/researcher")
                .build();
    }

    /** Everything within seconds, as in a trial of a test, so that many labels want one place. */
    private static TrialRecord record(boolean published) {
        TrialState.Builder state = TrialState.newBuilder()
                .setId(ByteString.copyFrom(new byte[16]))
                .setSponsor("helix")
                .addVersions(version(1, TIME))
                .addVersions(version(2, TIME + 9_000))
                .setFirstEnrolledMillis(TIME + 3);
        for (int i = 1; i <= 4; i++) {
            state.addDecisions(TrialDecision.newBuilder()
                    .setApproved(i % 2 == 0)
                    .setTimeMillis(TIME + i)
                    .setUntilMillis(i % 2 == 0 ? TIME : 0)
                    .setReviewer("ethics/chair"));
        }
        state.addEvents(TrialEvent.newBuilder()
                .setMilestone(TrialMilestone.DATABASE_LOCKED)
                .setTimeMillis(TIME + 8_000)
                .setActor("helix/researcher"));
        List<TrialResultsState> results = new ArrayList<>();
        if (published) {
            state.addEvents(TrialEvent.newBuilder()
                    .setPublication(TrialPublication.getDefaultInstance())
                    .setTimeMillis(TIME + 10_000)
                    .setActor("helix/researcher"));
            results.add(TrialResultsState.newBuilder()
                    .setSummary("It <works> & helps")
                    .addResults(TrialResult.newBuilder()
                            .setOutcome(outcome("Pain", false))
                            .setFinding("minus <i>12</i> points"))
                    .addResults(TrialResult.newBuilder().setOutcome(outcome("Late", false)))
                    .build());
        }
        return new TrialRecord(
                state.build(),
                List.of(
                        registration(outcome("Pain", true), outcome("Sleep", false)),
                        registration(outcome("Late", true))),
                results,
                7,
                TIME + 20_000);
    }

    @Test
    void showsWhatWasRegisteredBesideWhatIsReported() {
        assertThat(ReportPage.of(record(true)))
                .contains(
                        "<td>Pain</td><td class=\"grave\">switched</td>"
                                + "<td><b>Primary.</b> score &lt;b&gt;of&lt;/b&gt; Pain, week 12</td>"
                                + "<td>Secondary. score &lt;b&gt;of&lt;/b&gt; Pain, week 12"
                                + "<p class=\"finding\">minus &lt;i&gt;12&lt;/i&gt; points</p></td>",
                        "It &lt;works&gt; &amp; helps",
                        "<td>Sleep</td><td class=\"grave\">missing</td>",
                        "<td>not reported</td>",
                        "<td>Late</td><td class=\"grave\">added</td><td>not registered</td>",
                        "too late to count");
    }

    @Test
    void nothingOfADocumentIsMarkup() {
        for (boolean published : new boolean[] {true, false}) {
            assertThat(ReportPage.of(record(published)))
                    .doesNotContain("<script", "src=", "href=", "url(", "<b>of</b>")
                    .contains("Pain &amp; &lt;script&gt;");
        }
        assertThat(ReportPage.of(record(false))).contains("No results are published yet");
    }

    @Test
    @DisplayName("TRI-6 every element of the page that is opened is closed, whatever the documents say")
    void thePageIsWellFormed() throws Exception {
        for (boolean published : new boolean[] {true, false}) {
            String page = ReportPage.of(record(published))
                    .replace("<!DOCTYPE html>", "")
                    .replace("<meta charset=\"utf-8\">", "")
                    .replace("<br>", "");
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
            assertThat(document.getElementsByTagName("h1").item(0).getTextContent())
                    .isEqualTo("Pain & <script>alert(1)</script>");
            assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("TRI-6 labels of the timeline lie within the drawing and never on one another")
    void labelsDoNotOverlap() {
        List<Timeline.Step> steps = Timeline.of(record(true).state());
        List<long[]> boxes = new ArrayList<>();
        List<String> kinds = new ArrayList<>();
        labels(TimelinePlot.svg(steps), boxes, kinds);
        assertThat(kinds)
                .containsExactlyInAnyOrderElementsOf(
                        steps.stream().map(step -> step.kind().word()).toList())
                .contains("registered", "amended", "approved", "rejected", "first-enrolment", "locked", "published");
        for (int i = 0; i < boxes.size(); i++) {
            assertThat(boxes.get(i)[0]).isNotNegative();
            assertThat(boxes.get(i)[1]).isLessThanOrEqualTo(760);
            for (int j = 0; j < i; j++) {
                long[] one = boxes.get(i);
                long[] other = boxes.get(j);
                assertThat(one[2] != other[2] || one[1] <= other[0] || other[1] <= one[0])
                        .isTrue();
            }
        }
    }

    /** Boxes of labels, and the kind of each step that they stand for. */
    private static void labels(String svg, List<long[]> boxes, List<String> kinds) {
        Matcher labels = LABEL.matcher(svg);
        while (labels.find()) {
            long left = Long.parseLong(labels.group(1));
            int count = labels.group(4) == null ? 1 : Integer.parseInt(labels.group(4));
            kinds.addAll(Collections.nCopies(count, labels.group(3)));
            long characters = labels.group(3).length()
                    + (labels.group(4) == null ? 0 : 2 + labels.group(4).length());
            boxes.add(new long[] {left, left + characters * CHARACTER, Long.parseLong(labels.group(2))});
        }
    }

    @Test
    @DisplayName(
            "TRI-6 the drawing of a trial with hundreds of steps fits on a sheet, and stands for every one of them")
    void manySteps() {
        List<Timeline.Step> steps = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Timeline.Kind kind = Timeline.Kind.values()[i % Timeline.Kind.values().length];
            steps.add(new Timeline.Step(kind, TIME + (i < 200 ? i : i * 1_000L), "", "", ByteString.EMPTY));
        }
        String svg = TimelinePlot.svg(steps);
        List<String> kinds = new ArrayList<>();
        labels(svg, new ArrayList<>(), kinds);
        assertThat(kinds)
                .containsExactlyInAnyOrderElementsOf(
                        steps.stream().map(step -> step.kind().word()).toList());
        Matcher box = Pattern.compile("viewBox=\"0 0 760 (\\d+)\"").matcher(svg);
        assertThat(box.find()).isTrue();
        assertThat(Integer.parseInt(box.group(1))).isLessThan(1_000);
    }

    @Test
    @DisplayName(
            "TRI-6 TRI-2 the page says until when an approval holds, and breaks words that are too long for a sheet")
    void validityAndLongWords() {
        assertThat(ReportPage.of(record(true))).contains("valid until 2025-10-09 08:53:20", "overflow-wrap: anywhere");
    }
}
