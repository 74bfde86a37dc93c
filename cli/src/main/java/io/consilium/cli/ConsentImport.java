package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.LabelCode;
import io.consilium.client.MalformedInput;
import io.consilium.client.ScopeKey;
import io.consilium.interop.fhir.ConsentDocument;
import io.consilium.interop.fhir.ConsentReader;
import io.consilium.interop.fhir.ConsentReading;
import io.consilium.interop.fhir.FhirLabels;
import io.consilium.interop.fhir.FhirRefusal;
import io.consilium.interop.fhir.LedgerTerms;
import io.consilium.interop.fhir.ReadableTerms;
import io.consilium.interop.fhir.ReferenceMap;
import io.consilium.interop.fhir.TermsJson;
import io.consilium.ledger.consent.PurposeOfUse;
import io.consilium.proto.Code;
import io.consilium.proto.Conditions;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.Period;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A FHIR R4 Consent on its way to the ledger (CON-5); the only place of the consent commands that needs HAPI. */
final class ConsentImport {
    private final Session session;
    private final String file;
    private final Map<String, String> meanings;

    private ConsentImport(Session session, String file, Map<String, String> meanings) {
        this.session = session;
        this.file = file;
        this.meanings = meanings;
    }

    /** @param map {@code REFERENCE=MEANING} */
    static ConsentImport of(Session session, String file, List<String> map) throws ClientException {
        Map<String, String> meanings = new LinkedHashMap<>();
        for (String entry : map) {
            int equals = entry.lastIndexOf('=');
            if (equals <= 0 || equals == entry.length() - 1) {
                throw new MalformedInput(
                        "--map",
                        "'" + entry + "' is no meaning of a reference",
                        "Write REFERENCE=MEANING, e.g. Organization/f001=riverside or Observation/1=<record id>");
            }
            String reference = entry.substring(0, equals).strip();
            if (meanings.containsKey(reference)) {
                throw new MalformedInput("--map", reference + " has two meanings", "Give one of them");
            }
            meanings.put(reference, meaning(entry.substring(equals + 1).strip()));
        }
        return new ConsentImport(session, file, meanings);
    }

    /** A record id and a purpose stay as they are; everything else must be an institution, a member or a role. */
    private static String meaning(String text) throws ClientException {
        if (text.matches("[0-9a-fA-F]{32}")) {
            return text.toLowerCase(Locale.ROOT);
        }
        return PurposeOfUse.of(text).isPresent() ? text : ConsentSelectors.actor(text);
    }

    /** Prints the terms and submits nothing; references without a meaning stay as they are. */
    int check() throws ClientException {
        ConsentDocument document = read(true);
        Map<String, Object> result = new LinkedHashMap<>();
        document.id().ifPresent(id -> result.put("source", id));
        result.put("terms", TermsJson.write(document.terms()));
        session.output().result(result);
        return 0;
    }

    int grant(ByteString patientId, ByteString evidenceHash) throws ClientException {
        ReadableTerms terms = read(false).terms();
        ByteString consentId = new CustodianKeys().freshId();
        ConsentSelectors.KeySource keys = ConsentTermsOptions.once(() -> new Custodian(session).scopeKey(patientId));
        Map<String, String> sources = new LinkedHashMap<>();
        meanings.forEach((reference, meaning) -> sources.putIfAbsent(meaning, reference));
        ConsentTerms granted = SealedLabelCodes.in(LedgerTerms.of(terms, veil(keys)), SealedLabelCodes.of(terms), keys);
        ConsentGrant.Builder grant = ConsentGrant.newBuilder()
                .setConsentId(consentId)
                .setPatientId(patientId)
                .setTerms(new ConsentActors(session, sources).known(granted))
                .setEvidenceHash(evidenceHash);
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("consentId", Ids.text(consentId));
        ids.put("version", 1);
        ids.put("patientId", Ids.text(patientId));
        ids.put("terms", TermsJson.write(terms));
        new Writes(session).submitAndPrint(body -> body.setConsentGrant(grant), ids);
        return 0;
    }

    private ConsentDocument read(boolean keepUnknown) throws ClientException {
        byte[] content = UserFiles.read(session, file, FhirLabels.MAX_BYTES);
        ConsentReading reading =
                ConsentReader.read(content, new ReferenceMap(meanings, keepUnknown), System.currentTimeMillis());
        if (reading instanceof FhirRefusal refusal) {
            throw new DocumentRefused(
                    refusal,
                    "CONSENT_NOT_ENFORCEABLE",
                    "CON-5",
                    "The Consent cannot be enforced as it stands",
                    "Correct the document, give references a meaning with --map, or write it as consent grant");
        }
        ConsentDocument document = (ConsentDocument) reading;
        Labels.tellUnknown(
                session,
                SealedLabelCodes.of(document.terms()).stream()
                        .map(LabelCode::code)
                        .toList());
        return document;
    }

    static LedgerTerms.Veil<ClientException> veil(ConsentSelectors.KeySource keys) {
        return new LedgerTerms.Veil<>() {
            @Override
            public List<ByteString> labels(List<Code> codes) throws ClientException {
                ScopeKey key = keys.get();
                return key.labels(codes);
            }

            @Override
            public ByteString dataPeriod(Period period) throws ClientException {
                return keys.get()
                        .sealConditions(
                                Conditions.newBuilder().setDataPeriod(period).build());
            }
        };
    }
}
