package io.consilium.interop.epcis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.interop.gs1.Gs1Key;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What events of the CBV mean for packs (DRU-1). */
class TradeStepsTest {
    private static final String PACK = "urn:epc:id:sgtin:0614141.107346.2017";
    private static final String CASE = "urn:epc:id:sscc:0614141.1234567890";
    private static final String TO = ",\"destinationList\":[{\"type\":\"possessing_party\","
            + "\"destination\":\"urn:epc:id:pgln:950600.013402\"}]";

    private static String object(String action, String step, String more, String... epcs) {
        return "{\"type\":\"ObjectEvent\",\"eventTime\":\"2026-03-01T10:00:00Z\",\"eventTimeZoneOffset\":\"+00:00\","
                + "\"action\":\"" + action + "\",\"bizStep\":\"" + step + "\",\"epcList\":[\""
                + String.join("\",\"", epcs) + "\"]" + more + "}";
    }

    private static List<TradeStep> steps(String event) throws Exception {
        return TradeSteps.of(Documents.read(Documents.of(event)).events().get(0));
    }

    @Test
    @DisplayName("DRU-1 an object event that adds commissions packs of a lot with its date")
    void dru1_commission() throws Exception {
        assertThat(steps(Documents.OBJECT_EVENT))
                .containsExactly(new TradeStep.Commission(
                        List.of(Gs1Key.sgtin("10614141073464", "2017")), "LOT7", LocalDate.of(2027, 12, 31)));
        assertThat(TradeSteps.of(Documents.read(Documents.XML).events().get(0)))
                .as("as XML 1.2")
                .isEqualTo(steps(Documents.OBJECT_EVENT));
    }

    @Test
    @DisplayName("DRU-1 DRU-3 an aggregation packs and unpacks; one that only observes acts on the container")
    void dru1_aggregation() throws Exception {
        assertThat(steps(Documents.AGGREGATION_EVENT).get(0)).isInstanceOfSatisfying(TradeStep.Pack.class, pack -> {
            assertThat(pack.container().value()).isEqualTo("106141412345678908");
            assertThat(pack.children()).hasSize(1);
        });
        assertThat(steps(Documents.AGGREGATION_EVENT.replace("ADD", "DELETE")).get(0))
                .isInstanceOf(TradeStep.Unpack.class);
        assertThat(steps(Documents.AGGREGATION_EVENT.replace("ADD", "OBSERVE").replace("packing", "receiving"))
                        .get(0))
                .isInstanceOfSatisfying(TradeStep.Receive.class, receive -> assertThat(receive.goods())
                        .singleElement()
                        .extracting(Gs1Key::value)
                        .isEqualTo("106141412345678908"));
    }

    @Test
    @DisplayName("DRU-4 shipping names its receiver by a GLN, and a return says so")
    void dru4_shipping() throws Exception {
        assertThat(steps(object("OBSERVE", "shipping", TO, CASE, PACK)).get(0))
                .isInstanceOfSatisfying(TradeStep.Ship.class, ship -> {
                    assertThat(ship.receiver().value()).startsWith("950600013402");
                    assertThat(ship.goods()).hasSize(2);
                    assertThat(ship.returned()).isFalse();
                });
        assertThat(steps(object("OBSERVE", "shipping", TO + ",\"disposition\":\"returned\"", CASE))
                        .get(0))
                .isInstanceOfSatisfying(TradeStep.Ship.class, ship -> assertThat(ship.returned())
                        .isTrue());
    }

    @ParameterizedTest
    @CsvSource({
        "OBSERVE, dispensing, dispensed, DISPENSE",
        "OBSERVE, dispensing, partially_dispensed, DISPENSE_PARTIALLY",
        "OBSERVE, retail_selling, retail_sold, DISPENSE",
        "DELETE, destroying, destroyed, DESTROY",
        "DELETE, decommissioning, inactive, DECOMMISSION",
        "DELETE, decommissioning, disposed, DESTROY",
        "OBSERVE, sampling, in_progress, SAMPLE",
        "OBSERVE, holding, recalled, QUARANTINE",
        "OBSERVE, inspecting, sellable_accessible, RELEASE",
    })
    @DisplayName("DRU-5 DRU-6 business step and disposition say how packs change")
    void dru5_changes(String action, String step, String disposition, TradeStep.Kind kind) throws Exception {
        assertThat(steps(object(action, step, ",\"disposition\":\"" + disposition + "\"", PACK)))
                .containsExactly(new TradeStep.Change(kind, List.of(Gs1Key.sgtin("10614141073464", "2017"))));
    }

    @Test
    @DisplayName("DRU-1 DRU-6 an inspection of a container that found nothing is noted")
    void dru6_inspectedContainer() throws Exception {
        assertThat(steps(object("OBSERVE", "inspecting", ",\"disposition\":\"sellable_accessible\"", CASE)))
                .containsExactly(new TradeStep.Observed());
    }

    @Test
    @DisplayName("DRU-1 DRU-6 an inspection of cases, packs and counted goods together is one of the packs")
    void dru6_inspectedTogether() throws Exception {
        String counted = ",\"disposition\":\"sellable_accessible\",\"quantityList\":[{\"epcClass\":"
                + "\"urn:epc:class:lgtin:0614141.107346.L1\",\"quantity\":5}]";
        assertThat(steps(object("OBSERVE", "inspecting", counted, PACK, CASE, "https://example.org/thing/1")))
                .containsExactly(
                        new TradeStep.Change(TradeStep.Kind.RELEASE, List.of(Gs1Key.sgtin("10614141073464", "2017"))));
    }

    @Test
    @DisplayName("DRU-1 URN and Digital Link of one pack in one list are one pack")
    void dru1_twoSpellings() throws Exception {
        String link = "https://id.gs1.org/01/10614141073464/21/2017";
        assertThat(steps(object("OBSERVE", "dispensing", "", PACK, link)))
                .containsExactly(
                        new TradeStep.Change(TradeStep.Kind.DISPENSE, List.of(Gs1Key.sgtin("10614141073464", "2017"))));
    }

    @ParameterizedTest
    @CsvSource({"OBSERVE, storing", "OBSERVE, departing", "OBSERVE, inspecting", "OBSERVE, cycle_counting"})
    @DisplayName("DRU-1 what changes nothing is observed, whatever it names")
    void dru1_observed(String action, String step) throws Exception {
        assertThat(steps(object(action, step, "", "https://example.org/thing/1")))
                .containsExactly(new TradeStep.Observed());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ADD | shipping | " + PACK + " | bizStep",
                "ADD | commissioning | " + PACK + " | ilmd",
                "ADD | commissioning | https://example.org/thing/1 | epcList[0]",
                "OBSERVE | shipping | " + PACK + " | destinationList",
                "OBSERVE | receiving | https://example.org/thing/1 | epcList[0]",
                "OBSERVE | dispensing | " + CASE + " | epcList[0]",
                "OBSERVE | void_shipping | " + PACK + " | bizStep",
            })
    @DisplayName("DRU-1 a step that changes goods and cannot be followed is refused with its place")
    void dru1_refused(String action, String step, String epc, String path) {
        assertThatThrownBy(() -> steps(object(action, step, "", epc)))
                .isInstanceOfSatisfying(
                        MalformedEpcis.class, fault -> assertThat(fault.path()).isEqualTo(path));
    }

    @Test
    @DisplayName("DRU-1 goods that are counted and not named cannot be followed")
    void dru1_quantities() {
        String counted = ",\"quantityList\":[{\"epcClass\":\"urn:epc:class:lgtin:0614141.107346.L1\",\"quantity\":5}]";
        assertThatThrownBy(() -> steps(object("OBSERVE", "receiving", counted, PACK)))
                .isInstanceOfSatisfying(
                        MalformedEpcis.class, fault -> assertThat(fault.path()).isEqualTo("quantityList"));
    }

    @Test
    @DisplayName("DRU-1 DRU-5 a dispensing that did not occur is undone; any other error is only linked")
    void dru1_errorDeclaration() throws Exception {
        String error = ",\"errorDeclaration\":{\"declarationTime\":\"2026-03-02T00:00:00Z\",\"reason\":\"%s\"}";
        assertThat(steps(object("OBSERVE", "dispensing", String.format(error, "did_not_occur"), PACK)))
                .containsExactly(
                        new TradeStep.Change(TradeStep.Kind.UNDO, List.of(Gs1Key.sgtin("10614141073464", "2017"))));
        assertThat(steps(object("OBSERVE", "dispensing", String.format(error, "incorrect_data"), PACK)))
                .containsExactly(new TradeStep.Observed());
        assertThat(steps(object("OBSERVE", "shipping", TO + String.format(error, "did_not_occur"), PACK)))
                .containsExactly(new TradeStep.Observed());
    }

    @Test
    @DisplayName("DRU-1 packs that are made of others: those end, these begin")
    void dru1_transformation() throws Exception {
        String event = "{\"@context\":{\"cbvmda\":\"urn:epcglobal:cbv:mda:\"},\"type\":\"TransformationEvent\","
                + "\"eventTime\":\"2026-03-01T10:00:00Z\",\"eventTimeZoneOffset\":\"+00:00\","
                + "\"inputEPCList\":[\"" + PACK + "\"],"
                + "\"outputEPCList\":[\"urn:epc:id:sgtin:0614141.107346.3001\"],"
                + "\"ilmd\":{\"cbvmda:lotNumber\":\"LOT8\",\"cbvmda:itemExpirationDate\":\"2028-01-31\"}}";
        assertThat(steps(event))
                .containsExactly(
                        new TradeStep.Change(TradeStep.Kind.DESTROY, List.of(Gs1Key.sgtin("10614141073464", "2017"))),
                        new TradeStep.Commission(
                                List.of(Gs1Key.sgtin("10614141073464", "3001")), "LOT8", LocalDate.of(2028, 1, 31)));
    }
}
