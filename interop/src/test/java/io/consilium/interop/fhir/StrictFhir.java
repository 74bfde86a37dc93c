package io.consilium.interop.fhir;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import org.hl7.fhir.instance.model.api.IBaseResource;

/** HAPI's own parser at its strictest: the judge of what we write. */
final class StrictFhir {
    private static final FhirContext R4 = FhirContext.forR4Cached();

    private StrictFhir() {}

    static <T extends IBaseResource> T parse(Class<T> type, String json) {
        IParser parser = R4.newJsonParser();
        parser.setParserErrorHandler(new StrictErrorHandler());
        return parser.parseResource(type, json);
    }
}
