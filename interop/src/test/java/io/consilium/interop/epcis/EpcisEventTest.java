package io.consilium.interop.epcis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.epcis.TransactionInformation.Batch;
import io.consilium.interop.epcis.TransactionInformation.Party;
import io.consilium.interop.epcis.TransactionInformation.Product;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.Identifiers;
import io.consilium.interop.gs1.Ndc;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DRU-1 and DRU-2 on single events. */
class EpcisEventTest {
    @Test
    void dru1_anEventSaysWhatWhenWhereAndWhy() throws Exception {
        EpcisEvent event =
                Documents.read(Documents.of(Documents.OBJECT_EVENT)).events().get(0);
        assertThat(event.eventTime()).isEqualTo(Instant.parse("2026-03-01T09:00:00.5Z"));
        assertThat(event.bizStep()).contains("commissioning");
        assertThat(event.action()).contains("ADD");
        assertThat(event.lot()).contains("LOT7");
        assertThat(event.expiry()).contains("2027-12-31");
        assertThat(event.epcs())
                .extracting(Identity::key)
                .containsExactly(Optional.of(Gs1Key.sgtin("10614141073464", "2017")));
        assertThat(event.id()).isEqualTo(event.hashId());
    }

    @Test
    void dru1_xmlAndJsonOfOneEventHaveOneHash() throws Exception {
        EpcisEvent xml = Documents.read(Documents.XML).events().get(0);
        EpcisEvent json =
                Documents.read(Documents.of(Documents.OBJECT_EVENT)).events().get(0);
        assertThat(xml.preHash()).isEqualTo(json.preHash());
        assertThat(xml.lot()).contains("LOT7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "urn:epc:id:sgtin:0614141.107346.2017 | https://shop.example/gtin/10614141073464/ser/2017",
                "\"bizStep\":\"commissioning\" | \"bizStep\":\"https://ref.gs1.org/cbv/BizStep-commissioning\"",
                "\"bizStep\":\"commissioning\" | \"bizStep\":\"urn:epcglobal:cbv:bizstep:commissioning\"",
                "\"bizStep\":\"commissioning\" | \"bizStep\":\"cbv:BizStep-commissioning\"",
                "10:00:00.5+01:00 | 09:00:00.500Z",
                "[\"b\",\"a\"] | [\"a\",\"b\"]",
                "\"action\":\"ADD\", | \"action\":\"ADD\",\"eventID\":\"urn:uuid:1\",\"recordTime\":\"2026-03-02T00:00:00Z\",",
                "\"action\":\"ADD\", | \"errorDeclaration\":{\"declarationTime\":\"2026-03-02T00:00:00Z\"},\"action\":\"ADD\","
            })
    void dru1_whatSaysTheSameHasOneHash(String one, String other) throws Exception {
        assertThat(hash(Documents.OBJECT_EVENT.replace(one, other)))
                .isNotEqualTo("")
                .isEqualTo(hash(Documents.OBJECT_EVENT));
        assertThat(Documents.OBJECT_EVENT).contains(one);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "107346.2017 | 107346.2018",
                "10:00:00.5 | 10:00:00.501",
                "+01:00\",\"action | +02:00\",\"action",
                "LOT7 | LOT8",
                "\"ext:inner\" | \"ext:other\"",
                "commissioning | packing"
            })
    void dru1_whatSaysSomethingElseHasAnotherHash(String one, String other) throws Exception {
        assertThat(Documents.OBJECT_EVENT).contains(one);
        assertThat(hash(Documents.OBJECT_EVENT.replace(one, other))).isNotEqualTo(hash(Documents.OBJECT_EVENT));
    }

    @Test
    void dru1_anErrorDeclarationIsToldFromARepetition() throws Exception {
        EpcisEvent declaration = Documents.read(Documents.of(Documents.OBJECT_EVENT.replace(
                        "\"action\"",
                        "\"errorDeclaration\":{\"declarationTime\":\"2026-03-02T00:00:00Z\",\"reason\":\"did_not_occur\","
                                + "\"correctiveEventIDs\":[\"urn:uuid:2\"]},\"action\"")))
                .events()
                .get(0);
        assertThat(declaration.errorDeclaration().orElseThrow().reason()).contains("did_not_occur");
        assertThat(declaration.errorDeclaration().orElseThrow().correctiveEventIds())
                .containsExactly("urn:uuid:2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"action\":\"ADD\", | '' | action",
                "\"ADD\" | \"CREATE\" | action",
                "\"ADD\" | \"OBSERVE\" | ilmd",
                "2026-03-01T10 | 01-03-2026T10 | eventTime",
                "2026-03-01T10:00:00.5+01:00 | 2026-02-30T10:00:00Z | eventTime",
                "\"+01:00\" | \"+25:00\" | eventTimeZoneOffset",
                "\"commissioning\" | \"transforming\" | bizStep",
                "sgtin:0614141.107346.2017 | sgtin:0614141.107346.123456789012345678901 | epcList[0]",
                "urn:epc:id:sgtin:0614141.107346.2017 | https://id.gs1.org/01/10614141073465/21/1 | epcList[0]",
                "urn:epc:id:sgtin:0614141.107346.2017 | a%20b | epcList[0]",
                "urn:epc:id:sgtin:0614141.107346.2017 | urn:epc:id:sgtin:0614141.107346.%07 | epcList[0]",
                "[\"urn:epc:id:sgtin:0614141.107346.2017\"] | [] | ''",
                "\"cbvmda:lotNumber\" | \"lotNumber\" | ilmd.lotNumber",
                "\"ext:field\" | \"field\" | field",
                "\"ext:field\" | \"sourceList\" | sourceList",
                "\"action\" | \"readPoint\":{},\"action\" | readPoint.id",
                "\"action\" | \"parentID\":\"urn:x:1\",\"action\" | parentID"
            })
    void dru1_refusesWithThePlaceInTheDocument(String one, String other, String place) {
        String event = Documents.OBJECT_EVENT.replace(one, other);
        assertThat(event).isNotEqualTo(Documents.OBJECT_EVENT);
        MalformedEpcis refusal = catchThrowableOfType(
                MalformedEpcis.class, () -> Documents.read(Documents.of(Documents.AGGREGATION_EVENT, event)));
        assertThat(refusal).isNotNull();
        assertThat(refusal.path()).isEqualTo("epcisBody.eventList[1]" + (place.isEmpty() ? "" : "." + place));
        assertThat(refusal.eventIndex()).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"parentID\":\"urn:epc:id:sscc:0614141.1234567890\", | '' | parentID",
                "\"childEPCs\":[\"urn:epc:id:sgtin:0614141.107346.2017\"] | \"childEPCs\":[] | ''",
                "sscc:0614141.1234567890 | sscc:0614141.12345 | parentID"
            })
    void dru3_anAggregationNamesParentAndChildren(String one, String other, String place) {
        MalformedEpcis refusal = catchThrowableOfType(
                MalformedEpcis.class,
                () -> Documents.read(Documents.of(Documents.AGGREGATION_EVENT.replace(one, other))));
        assertThat(refusal.path()).isEqualTo("epcisBody.eventList[0]" + (place.isEmpty() ? "" : "." + place));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "[",
                "{}",
                "[]",
                "nothing",
                "\"text\"",
                "",
                "{\"type\":\"EPCISDocument\"}",
                "<EPCISDocument/>",
                "<a><b></a>",
                "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><EPCISDocument/>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
                "<EPCISDocument schemaVersion=\"1.2\" creationDate=\"2026-03-01T12:00:00Z\">&unknown;</EPCISDocument>"
            })
    void whatIsNoDocumentIsRefused(String text) {
        assertThatThrownBy(() -> Documents.read(text)).isInstanceOf(MalformedEpcis.class);
    }

    @Test
    void everySizeIsBounded() {
        String deep = "{\"ext:a\":".repeat(100) + "1" + "}".repeat(100);
        for (String value : List.of(
                deep,
                "[".repeat(5000),
                "\"" + "x".repeat(EpcisLimits.MAX_TEXT + 1) + "\"",
                "1e999999999",
                "1".repeat(100),
                "\"\\ud800\"",
                "\"\\u0007")) {
            String event = Documents.OBJECT_EVENT.replace("[\"b\",\"a\"]", value);
            assertThatThrownBy(() -> Documents.read(Documents.of(event)))
                    .as(value.substring(0, Math.min(20, value.length())))
                    .isInstanceOf(MalformedEpcis.class);
        }
        byte[] large = new byte[EpcisLimits.MAX_BYTES + 1];
        assertThatThrownBy(() -> EpcisDocument.read(large)).hasMessageContaining("bytes");
        byte[] utf16 = Documents.of(Documents.OBJECT_EVENT).getBytes(StandardCharsets.UTF_16BE);
        assertThatThrownBy(() -> EpcisDocument.read(utf16)).hasMessageContaining("UTF-8");
        String deepXml = Documents.XML.replace("<ext:inner>a", "<ext:inner>".repeat(500) + "a");
        assertThatThrownBy(() -> Documents.read(deepXml)).hasMessageContaining("deep");
        StringBuilder attributes = new StringBuilder("<ext:inner ");
        for (int i = 0; i < 100; i++) {
            attributes.append("a").append(i).append("=\"\" ");
        }
        String manyAttributes = Documents.XML.replace("<ext:inner>a", attributes + ">a");
        assertThatThrownBy(() -> Documents.read(manyAttributes)).hasMessageContaining("attributes");
    }

    @Test
    void tenThousandEventsWithOneBadInTheMiddleNameIt() {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            events.add(Documents.OBJECT_EVENT.replace("107346.2017", "107346." + (i == 5000 ? "" : i)));
        }
        MalformedEpcis refusal = catchThrowableOfType(
                MalformedEpcis.class, () -> Documents.read(Documents.of(events.toArray(new String[0]))));
        assertThat(refusal.eventIndex()).hasValue(5000);
        assertThat(refusal.path()).isEqualTo("epcisBody.eventList[5000].epcList[0]");
    }

    @Test
    void theContextMayFollowTheEvents() throws Exception {
        String body = Documents.of(Documents.OBJECT_EVENT).replace(Documents.CONTEXT + ",", "");
        String late = body.substring(0, body.length() - 1) + "," + Documents.CONTEXT + "}";
        assertThat(Documents.read(late).events().get(0).preHash())
                .isEqualTo(Documents.read(Documents.of(Documents.OBJECT_EVENT))
                        .events()
                        .get(0)
                        .preHash());
    }

    @Test
    void aDraftBecomesAnEventThatIsReadAgain() throws Exception {
        Gs1Key pallet = Identifiers.read("urn:epc:id:sscc:0614141.1234567890");
        Gs1Key place = Identifiers.read("(414)4012345000115");
        EpcisEvent shipping = new EventDraft(
                        EventType.OBJECT, Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.ofHours(1))
                .action("OBSERVE")
                .step("shipping", "in_transit")
                .objects(List.of(pallet))
                .readPoint(place)
                .bizTransaction("po", "urn:epcglobal:cbv:bt:4012345000115:1")
                .destination("owning_party", Identifiers.read("(417)0614141000005"))
                .event();
        EpcisDocument written =
                EpcisDocument.of("2026-03-01T12:00:00Z", JsonTree.NODES.objectNode(), List.of(shipping));
        EpcisEvent again = EpcisDocument.read(written.toJson()).events().get(0);
        assertThat(again.hashId()).isEqualTo(shipping.hashId());
        assertThat(again.destinations()).hasSize(1);
        assertThatThrownBy(() -> new EventDraft(EventType.OBJECT, Instant.EPOCH, ZoneOffset.UTC).event())
                .isInstanceOf(MalformedEpcis.class);
    }

    @Test
    void dru7_aTransactionIsStatedForThePartnerAndForPeople() throws Exception {
        Ndc ndc = Ndc.read("0001-0123-45");
        Product product = new Product(
                ndc.gtin(0),
                Optional.of(ndc),
                "Epcistra",
                "100 mg",
                "tablet",
                "500 tablets",
                "Helix",
                List.of(new Batch("A123", LocalDate.of(2027, 12, 31), List.of("11", "12"))));
        Party seller = new Party("4012345000115", "Helix", "Street 1", "Cologne", "NW", "50667", "DE");
        Party buyer = new Party("0614141000005", "Summit", "Street 2", "Boston", "MA", "02110", "US");
        TransactionInformation transaction = new TransactionInformation(
                List.of(product), seller, buyer, LocalDate.of(2026, 3, 1), Optional.empty(), List.of());
        ObjectNode json = DscsaExport.json(transaction);
        assertThat(json.at("/transactionInformation/products/0/numberOfContainers")
                        .asInt())
                .isEqualTo(2);
        assertThat(json.at("/transactionInformation/products/0/nationalDrugCode")
                        .asText())
                .isEqualTo("0001-0123-45");
        assertThat(json.at("/transactionStatement/affirmed").asBoolean()).isTrue();
        EpcisEvent event =
                Documents.read(Documents.of(Documents.OBJECT_EVENT)).events().get(0);
        EpcisDocument document = DscsaExport.document(transaction, "2026-03-01T12:00:00Z", List.of(event));
        EpcisDocument again = EpcisDocument.read(document.toJson());
        assertThat(again.events()).hasSize(1);
        assertThat(again.head()
                        .at("/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/0/id")
                        .asText())
                .isEqualTo("https://id.gs1.org/01/" + ndc.gtin(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1E80",
                "1e-90",
                "1.50",
                "-0.00",
                "12345678901234567890123456789012345678901234567890123456789012E30",
                "123456789012345678901234567890123456789012345678901234567890E-65",
            })
    @DisplayName("DRU-1 a number that is read is read and hashed alike when it was written again")
    void dru1_numbersAgain(String number) throws Exception {
        String event = Documents.OBJECT_EVENT.replace("[\"b\",\"a\"]", number);
        EpcisDocument read = Documents.read(Documents.of(event, Documents.AGGREGATION_EVENT));
        EpcisDocument again = EpcisDocument.read(read.toJson());
        assertThat(again.events().get(0).json()).isEqualTo(read.events().get(0).json());
        assertThat(again.events())
                .extracting(EpcisEvent::hashId)
                .isEqualTo(read.events().stream().map(EpcisEvent::hashId).toList());
        assertThat(again.toJson()).isEqualTo(read.toJson());
    }

    @Test
    @DisplayName("DRU-1 what is written is no longer than what was read but for a line for each event")
    void dru1_noLonger() throws Exception {
        String document = Documents.of(Documents.OBJECT_EVENT, Documents.AGGREGATION_EVENT);
        assertThat(new String(Documents.read(document).toJson(), StandardCharsets.UTF_8).replace("\n", ""))
                .isEqualTo(document);
    }

    @Test
    @DisplayName("DRU-1 master data in XML that stands deeper than its standard, or is none of it, is kept")
    void dru1_deepMasterData() throws Exception {
        String xml = masterData("");
        EpcisDocument document = EpcisDocument.read(xml.getBytes(StandardCharsets.UTF_8));
        JsonNode vocabulary = document.head().at("/epcisHeader/epcisMasterData/vocabularyList/0");
        assertThat(vocabulary.path("ex:source").asText()).isEqualTo("erp");
        assertThat(vocabulary.path("ex:count").asText()).isEqualTo("1");
        JsonNode entry = vocabulary.at("/vocabularyElementList/0");
        assertThat(entry.path("ex:owner").asText()).isEqualTo("Ann");
        assertThat(entry.path("ex:note").asText()).isEqualTo("yard");
        assertThat(entry.at("/attributes/0/attribute/ex:street/ex:name").asText())
                .isEqualTo("Main");
        assertThat(entry.at("/attributes/1/attribute").asText()).isEqualTo("text");
        assertThat(EpcisDocument.read(document.toJson()).head().at("/epcisHeader"))
                .isEqualTo(document.head().at("/epcisHeader"));
    }

    @Test
    @DisplayName("DRU-1 an attribute that has the name of a list of its element is refused with its path")
    void dru1_attributeNamedAsAList() {
        for (String name : List.of("children", "attributes")) {
            String xml = masterData(" " + name + "='y'");
            MalformedEpcis refused = catchThrowableOfType(
                    MalformedEpcis.class, () -> EpcisDocument.read(xml.getBytes(StandardCharsets.UTF_8)));
            assertThat(refused.path())
                    .isEqualTo("epcisHeader.epcisMasterData.vocabularyList[0].vocabularyElementList[0]");
            assertThat(refused).hasMessageContaining(name);
        }
    }

    private static String masterData(String more) {
        return "<epcis:EPCISDocument xmlns:epcis='urn:epcglobal:epcis:xsd:1' xmlns:ex='https://example.org/'"
                + " schemaVersion='1.2' creationDate='2026-03-01T12:00:00Z'><EPCISHeader><extension><EPCISMasterData>"
                + "<VocabularyList><Vocabulary type='urn:epcglobal:epcis:vtype:Location' ex:source='erp'>"
                + "<VocabularyElementList><VocabularyElement id='urn:epc:id:sgln:0614141.00000.0'" + more + ">"
                + "<attribute id='urn:x#address'><ex:street><ex:name>Main</ex:name></ex:street></attribute>"
                + "<attribute id='urn:x#plain'>text</attribute><ex:owner>Ann</ex:owner>"
                + "<children><id>urn:epc:id:sgln:0614141.00000.1</id><ex:note>yard</ex:note></children>"
                + "</VocabularyElement></VocabularyElementList><ex:count>1</ex:count></Vocabulary></VocabularyList>"
                + "</EPCISMasterData></extension></EPCISHeader>"
                + "<EPCISBody><EventList/></EPCISBody></epcis:EPCISDocument>";
    }

    private static String hash(String event) throws MalformedEpcis {
        return Documents.read(Documents.of(event)).events().get(0).hashId();
    }
}
