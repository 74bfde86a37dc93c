package io.consilium.interop.epcis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Documents that tests begin with. */
final class Documents {
    static final String CONTEXT = "\"@context\":[\"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld\","
            + "{\"ext\":\"https://ns.example.com/epcis/\"}]";

    static final String OBJECT_EVENT = "{\"type\":\"ObjectEvent\",\"eventTime\":\"2026-03-01T10:00:00.5+01:00\","
            + "\"eventTimeZoneOffset\":\"+01:00\",\"action\":\"ADD\",\"bizStep\":\"commissioning\","
            + "\"epcList\":[\"urn:epc:id:sgtin:0614141.107346.2017\"],"
            + "\"ilmd\":{\"cbvmda:lotNumber\":\"LOT7\",\"cbvmda:itemExpirationDate\":\"2027-12-31\"},"
            + "\"ext:field\":{\"ext:inner\":[\"b\",\"a\"]}}";

    static final String AGGREGATION_EVENT = "{\"type\":\"AggregationEvent\",\"eventTime\":\"2026-03-01T11:00:00Z\","
            + "\"eventTimeZoneOffset\":\"+01:00\",\"action\":\"ADD\",\"bizStep\":\"packing\","
            + "\"parentID\":\"urn:epc:id:sscc:0614141.1234567890\","
            + "\"childEPCs\":[\"urn:epc:id:sgtin:0614141.107346.2017\"]}";

    static final String XML = "<epcis:EPCISDocument xmlns:epcis=\"urn:epcglobal:epcis:xsd:1\""
            + " xmlns:ext=\"https://ns.example.com/epcis/\" schemaVersion=\"1.2\" creationDate=\"2026-03-01T12:00:00Z\">"
            + "<EPCISBody><EventList><ObjectEvent><eventTime>2026-03-01T10:00:00.5+01:00</eventTime>"
            + "<eventTimeZoneOffset>+01:00</eventTimeZoneOffset>"
            + "<epcList><epc>urn:epc:id:sgtin:0614141.107346.2017</epc></epcList><action>ADD</action>"
            + "<bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>"
            + "<extension><ilmd><cbvmda:lotNumber xmlns:cbvmda=\"urn:epcglobal:cbv:mda\">LOT7</cbvmda:lotNumber>"
            + "<cbvmda:itemExpirationDate xmlns:cbvmda=\"urn:epcglobal:cbv:mda\">2027-12-31</cbvmda:itemExpirationDate>"
            + "</ilmd></extension><ext:field><ext:inner>a</ext:inner><ext:inner>b</ext:inner></ext:field>"
            + "</ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>";

    private Documents() {}

    static String of(String... events) {
        return "{" + CONTEXT + ",\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\","
                + "\"creationDate\":\"2026-03-01T12:00:00Z\",\"epcisBody\":{\"eventList\":["
                + String.join(",", List.of(events)) + "]}}";
    }

    static EpcisDocument read(String document) throws MalformedEpcis {
        return EpcisDocument.read(document.getBytes(StandardCharsets.UTF_8));
    }
}
