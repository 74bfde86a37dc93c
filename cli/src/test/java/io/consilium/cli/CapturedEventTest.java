package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.epcis.EpcisDocument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What one event is known by, however it is written (DRU-1). */
class CapturedEventTest {
    private static CapturedEvent event(String type, String... goods) throws Exception {
        String text = "{\"@context\":[\"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld\"],\"type\":\""
                + type
                + "\",\"eventTime\":\"2026-03-01T10:00:00+01:00\",\"eventTimeZoneOffset\":\"+01:00\",\"action\":\"OBSERVE\","
                + String.join(",", goods) + "}";
        return CapturedEvent.of(
                0,
                EpcisDocument.read(text.getBytes(StandardCharsets.UTF_8))
                        .events()
                        .get(0));
    }

    @Test
    @DisplayName("DRU-1 an event of several products has one key, in whichever order it names them")
    void dru1_orderOfItsPacks() throws Exception {
        String first = "\"urn:epc:id:sgtin:0614141.107346.2017\"";
        String other = "\"https://id.gs1.org/01/00614141123452/21/A1\"";
        String box = "\"urn:epc:id:sscc:0614141.1234567890\"";
        CapturedEvent one = event("ObjectEvent", "\"epcList\":[" + String.join(",", List.of(first, other, box)) + "]");
        CapturedEvent same = event("ObjectEvent", "\"epcList\":[" + String.join(",", List.of(box, other, first)) + "]");
        assertThat(same.hashId()).isEqualTo(one.hashId());
        assertThat(same.subject()).isEqualTo(one.subject());
        assertThat(one.subject().orElseThrow().gtin()).contains("00614141123452");
    }

    @Test
    @DisplayName(
            "DRU-1 DRU-6 an event is named in a reason by its id, or by its hash where the id is longer than a reason")
    void dru6_longIdsInReasons() throws Exception {
        String goods = "\"epcList\":[\"urn:epc:id:sgtin:0614141.107346.2017\"]";
        String uri = "https://partner.example/events/";
        CapturedEvent plain = event("ObjectEvent", "\"eventID\":\"" + uri + "7\"", goods);
        assertThat(plain.reason()).isEqualTo("EPCIS event " + uri + "7");
        String longest = uri + "e".repeat(2_048 - uri.length());
        CapturedEvent cut = event("ObjectEvent", "\"eventID\":\"" + longest + "\"", goods);
        assertThat(cut.id()).isEqualTo(longest);
        assertThat(cut.reason()).isEqualTo("EPCIS event " + cut.hashId());
    }
}
