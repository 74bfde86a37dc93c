package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.interop.fhir.FhirDocument;
import io.consilium.interop.fhir.FhirLabels;
import io.consilium.interop.fhir.FhirReading;
import io.consilium.interop.fhir.FhirRefusal;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads the labels of a FHIR document; loaded by nothing but the commands that met one (REC-4). */
final class FhirContent {
    static final String MEDIA_TYPE = "application/fhir+json";
    static final int MAX_BYTES = FhirLabels.MAX_BYTES;
    private static final int SHOWN = 5;

    private FhirContent() {}

    /** A JSON object that names its FHIR resource type. */
    static boolean looksLikeFhir(byte[] content) {
        if (content.length > MAX_BYTES) {
            return false;
        }
        String text = new String(content, StandardCharsets.UTF_8);
        int start = text.startsWith("\uFEFF") ? 1 : 0;
        return text.substring(start).stripLeading().startsWith("{") && text.contains("\"resourceType\"");
    }

    /** What it is about, or a refusal with the elements at fault (exit 6). */
    static FhirDocument read(byte[] content) throws ClientException {
        FhirReading reading = FhirLabels.read(content);
        if (reading instanceof FhirRefusal refusal) {
            throw new DocumentRefused(
                    refusal,
                    "FHIR_INVALID",
                    "REC-4",
                    "The document is no FHIR R4 resource whose labels can be trusted",
                    "Correct it, or register it as --media-type application/json with --label by hand");
        }
        return (FhirDocument) reading;
    }

    /** Says which concepts no label stands for, since a consent that names their code does not reach the record. */
    static void tell(Session session, List<String> unlabelled) {
        if (!unlabelled.isEmpty()) {
            int more = unlabelled.size() - SHOWN;
            session.output()
                    .say("No label stands for "
                            + String.join(", ", unlabelled.subList(0, Math.min(SHOWN, unlabelled.size())))
                            + (more > 0 ? " and " + more + " more" : "")
                            + ": they have no code, so no consent by code reaches them; record add --label gives one");
        }
    }

    /** Says which resources tell of what has not come yet: a plan, or a year that was mistyped. */
    static void tellAhead(Session session, List<String> ahead) {
        if (!ahead.isEmpty()) {
            session.output()
                    .say("The time told lies in the future: "
                            + String.join(", ", ahead.subList(0, Math.min(SHOWN, ahead.size())))
                            + (ahead.size() > SHOWN ? " and " + (ahead.size() - SHOWN) + " more" : "")
                            + "; consents by dataPeriod go by it, so check it, or give record add --clinical-time");
        }
    }

    static Labels labels(FhirDocument document) {
        Set<Code> codes = new LinkedHashSet<>();
        document.labels()
                .forEach(coding -> codes.add(Code.newBuilder()
                        .setSystem(coding.system())
                        .setCode(coding.code())
                        .build()));
        Sensitivity level = Sensitivity.of(document.confidentiality().name()).orElse(Sensitivity.V);
        return new Labels(codes, level);
    }
}
