package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.VerificationFailed;
import io.consilium.crypto.CryptoException;
import io.consilium.interop.fhir.ConsentWriter;
import io.consilium.interop.fhir.ReadableTerms;
import io.consilium.interop.fhir.TermsReading;
import io.consilium.proto.Conditions;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.Period;

/** A consent of the ledger as a FHIR R4 Consent, by who holds the patient's scope key where it has labels (CON-5). */
final class ConsentExport {
    private final Session session;

    ConsentExport(Session session) {
        this.session = session;
    }

    int run(ByteString consentId) throws ClientException {
        ConsentState consent = session.state().consent(consentId).value();
        ConsentSelectors.KeySource keys =
                ConsentTermsOptions.once(() -> new Custodian(session).scopeKey(consent.getPatientId()));
        String json = ConsentWriter.write(about(consent), terms(consent, keys));
        session.output().raw().println(json);
        return 0;
    }

    private static ReadableTerms terms(ConsentState consent, ConsentSelectors.KeySource keys) throws ClientException {
        if (!consent.getTerms().getExpression().isEmpty()) {
            throw refused("it attaches a published rule");
        }
        try {
            return TermsReading.read(
                    consent.getTerms(),
                    SealedLabelCodes.open(consent.getTerms(), keys),
                    bytes -> dataPeriod(bytes, keys));
        } catch (TermsReading.Unreadable unreadable) {
            throw refused(unreadable.reason()).causedBy(unreadable);
        }
    }

    private static Period dataPeriod(ByteString sealed, ConsentSelectors.KeySource keys) throws ClientException {
        Conditions conditions;
        try {
            conditions = keys.get().openConditions(sealed);
        } catch (CryptoException otherKey) {
            throw new VerificationFailed(
                            "CONDITIONS_UNREADABLE",
                            "A sealed condition does not open with the patient's scope key",
                            "It may have been sealed before the key was changed; amend the consent")
                    .causedBy(otherKey);
        }
        if (conditions.getCodesCount() > 0) {
            throw refused("a sealed condition names codes, and imported codes would become labels on chain");
        }
        return conditions.getDataPeriod();
    }

    private static ClientException refused(String reason) {
        return new ClientException(
                FailureClass.REFUSED,
                "CONSENT_NOT_EXPORTABLE",
                "CON-5",
                "",
                "No FHIR Consent says the same as this one: " + reason,
                "Show it with consent show");
    }

    private static ConsentWriter.About about(ConsentState consent) {
        return new ConsentWriter.About(
                Ids.text(consent.getId()),
                consent.getVersion(),
                consent.getStatus() == ConsentStatus.CONSENT_ACTIVE,
                Ids.text(consent.getPatientId()),
                consent.getGrantor(),
                consent.getChangedMillis(),
                Ids.text(consent.getEvidenceHash()));
    }
}
