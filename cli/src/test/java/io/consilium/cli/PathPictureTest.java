package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugExceptionStatus;
import io.consilium.proto.DrugStep;
import io.consilium.proto.DrugTraced;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The picture of a path: lanes, hand-overs, gaps and alerts, as one reads them without being told how. */
class PathPictureTest {
    private static final long START = Instant.parse("2026-03-02T08:00:00Z").toEpochMilli();
    private static final long HOUR = 3_600_000;
    private static final ByteString CASE = ByteString.copyFromUtf8("0123456789abcdef");

    private final DrugTraced.Builder traced =
            DrugTraced.newBuilder().setStatus("ACTIVE").setCustodian("helix").setManufacturer("helix");

    private DrugStep.Builder step(String type, String actor) {
        long time = START + traced.getStepsCount() * 7 * HOUR;
        return traced.addStepsBuilder()
                .setType(type)
                .setActor(actor)
                .setTimeMillis(time)
                .setEventTimeMillis(time);
    }

    private Document drawn() throws Exception {
        PathView view = new PathView(
                id -> "SSCC 006141410000000012",
                hidden -> Optional.empty(),
                Gs1Key.sgtin("00614141123452", "A<1>&"),
                traced.build());
        String svg = PathPicture.draw(view);
        assertThat(svg).doesNotContain("<script", "href");
        DocumentBuilderFactory strict = DocumentBuilderFactory.newInstance();
        strict.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return strict.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> all(Document svg, String name) {
        NodeList nodes = svg.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    /** Lines that end in a kind of arrow head, without those of the legend. */
    private static List<Element> arrows(Document svg, String head) {
        List<Element> arrows = new ArrayList<>();
        for (Element line : all(svg, "line")) {
            if (line.getAttribute("marker-end").equals("url(#" + head + ")")
                    && number(line, "x1") >= 100
                    && !line.getAttribute("y1").equals(legend(svg))) {
                arrows.add(line);
            }
        }
        return arrows;
    }

    private static String legend(Document svg) {
        List<Element> lines = all(svg, "line");
        return lines.get(lines.size() - 1).getAttribute("y1");
    }

    private static int number(Element element, String attribute) {
        return Integer.parseInt(element.getAttribute(attribute));
    }

    private static List<String> texts(Document svg) {
        return all(svg, "text").stream().map(Element::getTextContent).toList();
    }

    private void toPharmacy() {
        step("commission", "helix/packer");
        step("pack", "helix/packer").setObject(CASE);
        step("ship", "helix/packer").setTo("transmed");
        step("receive", "transmed/operator");
        step("ship", "transmed/operator").setTo("northside");
        step("receive", "northside/pharmacist");
        traced.setCustodian("northside");
    }

    @Test
    @DisplayName("DRU-7 each party has a lane, and an arrow crosses from lane to lane wherever goods change hands")
    void lanesAndHandOvers() throws Exception {
        toPharmacy();
        Document svg = drawn();
        assertThat(texts(svg))
                .contains("helix", "transmed", "northside", "made", "packed into SSCC", "sent to transmed", "received")
                .contains("ACTIVE", "with northside", "2026-03-02", "08:00");
        assertThat(texts(svg).get(0)).contains("A<1>&");
        List<Element> handOvers = arrows(svg, "arrow");
        assertThat(handOvers).hasSize(2);
        assertThat(handOvers)
                .allSatisfy(arrow -> assertThat(number(arrow, "y2")).isGreaterThan(number(arrow, "y1")));
        assertThat(arrows(svg, "gap")).isEmpty();
        assertThat(all(svg, "circle")).hasSize(6);
    }

    @Test
    @DisplayName("DRU-7 what is under way ends in a broken arrow into the lane of who waits for it")
    void underWay() throws Exception {
        step("commission", "helix/packer");
        step("ship", "helix/packer").setTo("transmed");
        traced.setStatus("IN_TRANSIT").setInTransitTo("transmed");
        Document svg = drawn();
        assertThat(arrows(svg, "arrow")).singleElement().satisfies(arrow -> assertThat(
                        arrow.getAttribute("stroke-dasharray"))
                .isNotEmpty());
        assertThat(texts(svg)).contains("under way from helix to transmed");
    }

    @Test
    @DisplayName("DRU-7 DRU-8 who has goods that nobody handed over stands behind a red gap")
    void gap() throws Exception {
        step("commission", "helix/packer");
        step("ship", "helix/packer").setTo("transmed");
        step("dispense", "northside/pharmacist");
        Document svg = drawn();
        assertThat(arrows(svg, "gap")).singleElement().satisfies(arrow -> assertThat(arrow.getAttribute("stroke"))
                .isEqualTo("#a61b1b"));
        assertThat(texts(svg)).contains("gap");
        assertThat(arrows(svg, "arrow")).isEmpty();
    }

    @Test
    @DisplayName("DRU-6 DRU-7 a recall by the maker is marked and moves no goods into the maker's lane")
    void remarkOfAnother() throws Exception {
        toPharmacy();
        step("recall", "helix/packer");
        step("dispense", "northside/pharmacist");
        Document svg = drawn();
        assertThat(arrows(svg, "arrow")).hasSize(2);
        assertThat(arrows(svg, "gap")).isEmpty();
        assertThat(texts(svg)).contains("recalled");
    }

    @Test
    @DisplayName("DRU-8 alerts have a numbered sign at their time and words below")
    void alerts() throws Exception {
        toPharmacy();
        step("dispense", "northside/pharmacist");
        traced.setStatus("DISPENSED").setRecallId(CASE);
        traced.addExceptions(DrugExceptionState.newBuilder()
                .setKind(DrugExceptionKind.DRUG_DISPENSED_TWICE)
                .setStatus(DrugExceptionStatus.DRUG_OPEN)
                .setReporter("northside/pharmacist")
                .setOpenedMillis(START + 60 * HOUR));
        Document svg = drawn();
        assertThat(texts(svg))
                .contains(
                        "recalled: Recalled by its manufacturer or the regulator",
                        "dispensed-twice: It was to be handed out again: one of two packs is false."
                                + " Reported by northside/pharmacist, open (2026-03-04 20:00)",
                        "with northside, 2 alerts");
        long signs = texts(svg).stream().filter("2"::equals).count();
        assertThat(signs).as("beside its step and in the list").isEqualTo(2);
    }

    @Test
    @DisplayName("DRU-7 what was missed on receipt is a red arrow that reaches the receiver, and stays under way")
    void missed() throws Exception {
        step("commission", "helix/packer");
        step("ship", "helix/packer").setTo("transmed");
        step("missing", "transmed/operator");
        traced.setStatus("MISSING").setInTransitTo("transmed");
        Document svg = drawn();
        assertThat(arrows(svg, "gap")).hasSize(1);
        assertThat(arrows(svg, "arrow")).hasSize(1);
        step("receive", "transmed/operator");
        traced.setStatus("ACTIVE").setInTransitTo("").setCustodian("transmed");
        assertThat(arrows(drawn(), "arrow")).hasSize(1);
    }

    @Test
    @DisplayName("DRU-7 no name runs into the first step, no label into its neighbour, no alert out of the picture")
    void dru7_everythingHasRoom() throws Exception {
        String longName = "a-wholesaler-with-a-name-of-more-than-thirty-letters";
        step("commission", longName + "/operator");
        step("pack", longName + "/operator").setObject(CASE);
        step("ship", longName + "/operator").setTo("northside");
        traced.addExceptions(DrugExceptionState.newBuilder()
                .setKind(DrugExceptionKind.DRUG_TWO_PLACES)
                .setStatus(DrugExceptionStatus.DRUG_OPEN)
                .setReporter(longName + "/somebody-with-a-long-name-as-well-" + "x".repeat(60))
                .setOpenedMillis(START + HOUR));
        Document svg = drawn();
        int width = number(svg.getDocumentElement(), "width");
        int height = number(svg.getDocumentElement(), "height");
        int first = number(all(svg, "circle").get(0), "cx");
        int cut = 0;
        for (Element text : all(svg, "text")) {
            String words = text.getTextContent();
            int x = number(text, "x");
            int y = number(text, "y");
            assertThat(y).isLessThan(height);
            if (text.getAttribute("font-size").equals("15")) {
                assertThat(x + 9 * words.length()).as(words).isLessThan(first - 40);
                cut += words.endsWith("…") ? 1 : 0;
            }
            if (text.getAttribute("font-size").equals("12")
                    && text.getAttribute("text-anchor").equals("middle")) {
                assertThat(words.length()).as(words).isLessThanOrEqualTo(20);
            }
            if (text.getAttribute("font-size").equals("14")
                    && text.getAttribute("text-anchor").equals("start")) {
                assertThat(x + 8 * words.length()).as(words).isLessThanOrEqualTo(width);
            }
        }
        assertThat(cut).isEqualTo(1);
    }
}
