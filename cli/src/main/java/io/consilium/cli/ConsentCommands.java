package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.NodeRefusal;
import io.consilium.client.ProtoJson;
import io.consilium.client.ScopeKey;
import io.consilium.client.Submitter;
import io.consilium.client.VerifiedState;
import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.ConsentAmend;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.DecisionBasis;
import io.consilium.proto.Period;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium consent}: who may do what with which records, for which purpose (CON-1 to CON-6). */
@Command(
        addMethodSubcommands = false,
        name = "consent",
        description = "Grant, check and revoke consents.",
        footer = {
            "  consilium --context st-mary/consent consent grant --patient P --to riverside --purpose TREAT \\",
            "      --evidence form.pdf",
            "  consilium --context st-mary/consent consent check --patient P --record R --by riverside/dr-brown \\",
            "      --purpose TREAT"
        })
final class ConsentCommands {
    private final Session session;

    ConsentCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "grant",
            description = {
                "Grant a consent, signed by the patient's own key, a guardian, or a CONSENT_OFFICER of a custodian.",
                "Without --label and --record it covers every record of the patient."
            },
            footer = {
                "  consilium consent grant --patient P --to riverside --purpose TREAT --evidence form.pdf",
                "  consilium consent grant --patient P --to CLINICIAN --purpose TREAT --until 2027-12-31 \\",
                "      --except 'label=http://terminology.hl7.org/CodeSystem/v3-ActCode|PSY' --evidence form.pdf",
                "  consilium consent grant --patient P --deny to=riverside --evidence form.pdf",
                "  consilium --context st-mary/consent --as P --key patient.keystore consent grant \\",
                "      --patient P --to riverside --purpose TREAT"
            })
    int grant(
            @Option(names = "--patient", required = true, paramLabel = "P", description = "Patient id.") String patient,
            @Mixin ConsentTermsOptions options)
            throws Exception {
        ByteString patientId = Ids.object("patient", patient);
        ByteString consentId = new CustodianKeys().freshId();
        ConsentGrant.Builder grant = ConsentGrant.newBuilder()
                .setConsentId(consentId)
                .setPatientId(patientId)
                .setTerms(new ConsentActors(session, Map.of()).known(options.terms(keys(patientId))))
                .setEvidenceHash(options.evidenceHash());
        Labels.tellUnknown(session, options.codes());
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("consentId", Ids.text(consentId));
        ids.put("version", 1);
        ids.put("patientId", Ids.text(patientId));
        new Writes(session).submitAndPrint(body -> body.setConsentGrant(grant), ids);
        return 0;
    }

    @Command(
            name = "import",
            description = {
                "Grant what a FHIR R4 Consent says, in the core style or that of IHE Privacy Consent on FHIR.",
                "What is ambiguous or cannot be enforced is refused with its place in the document."
            },
            footer = {
                "  consilium consent import consent.json --check -o json",
                "  consilium consent import consent.json --patient P --evidence form.pdf \\",
                "      --map Organization/f001=riverside --map Practitioner/f201=riverside/dr-brown"
            })
    int import_(
            @Parameters(paramLabel = "FILE", description = "A Consent as JSON; - is the standard input.") String file,
            @Option(names = "--patient", paramLabel = "P", description = "Patient id; not needed with --check.")
                    Optional<String> patient,
            @Option(names = "--check", description = "Print the terms and submit nothing.") boolean check,
            @Option(
                            names = "--map",
                            paramLabel = "REFERENCE=MEANING",
                            description = "Which institution, member, role, record or purpose it means; repeat it.")
                    @Nullable
                    List<String> map,
            @Option(
                            names = "--evidence",
                            paramLabel = "SIGNED-FORM",
                            description = "The signed form, whose hash goes on chain; a CONSENT_OFFICER must give it.")
                    Optional<String> evidence)
            throws Exception {
        ConsentImport consent = ConsentImport.of(session, file, map == null ? List.of() : map);
        if (check) {
            return consent.check();
        }
        if (patient.isEmpty()) {
            throw new MalformedInput(
                    "--patient", "It is not said whose consent this is", "Give --patient P, or --check to look at it");
        }
        ByteString patientId = Ids.object("patient", patient.get());
        return consent.grant(patientId, Evidence.hash(evidence));
    }

    @Command(
            name = "export",
            description = {
                "Write a consent as a FHIR R4 Consent, from which consent import makes the same terms.",
                "Labels are readable to the patient and the custodians alone."
            },
            footer = {"  consilium --context st-mary/consent consent export C --format fhir > consent.json"})
    int export(
            @Parameters(paramLabel = "ID", description = "Consent id.") String id,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "fhir",
                            description = "fhir (the default and the only one).")
                    String format)
            throws Exception {
        if (!format.equals("fhir")) {
            throw new MalformedInput("--format", "'" + format + "' is no format of a consent", "Choose fhir");
        }
        return new ConsentExport(session).run(Ids.object("consent", id));
    }

    @Command(
            name = "amend",
            description = "Put new terms in the place of a consent's; the version before stays in its history.",
            footer = {
                "  consilium consent amend C --to riverside --purpose TREAT --until 2026-12-31 --reason 'shorter' \\",
                "      --evidence form.pdf"
            })
    int amend(
            @Parameters(paramLabel = "ID", description = "Consent id.") String id,
            @Mixin ReasonOption reason,
            @Mixin ConsentTermsOptions options)
            throws Exception {
        ByteString consentId = Ids.object("consent", id);
        ConsentState consent = changeable(consentId);
        ConsentSelectors.KeySource keys = ConsentTermsOptions.once(() -> changersKey(consent.getPatientId()));
        ConsentAmend.Builder amend = ConsentAmend.newBuilder()
                .setConsentId(consent.getId())
                .setPredecessor(consent.getVersion())
                .setTerms(new ConsentActors(session, Map.of()).known(options.terms(keys)))
                .setSealedReason(keys.get().sealReason(reason.text))
                .setEvidenceHash(options.evidenceHash());
        Labels.tellUnknown(session, options.codes());
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("consentId", Ids.text(consent.getId()));
        ids.put("version", consent.getVersion() + 1);
        new Writes(session).submitAndPrint(body -> body.setConsentAmend(amend), ids);
        return 0;
    }

    @Command(
            name = "revoke",
            description = "Revoke a consent at once; what was disclosed before cannot be called back.",
            footer = {
                "  consilium --context st-mary/consent consent revoke C --reason 'patient asked'",
                "  consilium --context st-mary/consent consent revoke C --reason 'patient asked' --evidence form.pdf"
            })
    int revoke(
            @Parameters(paramLabel = "ID", description = "Consent id.") String id,
            @Mixin ReasonOption reason,
            @Option(
                            names = "--evidence",
                            paramLabel = "FILE",
                            description = "The signed form; needed by an officer where the patient or a guardian had"
                                    + " signed the consent.")
                    Optional<String> evidence)
            throws Exception {
        ByteString consentId = Ids.object("consent", id);
        ConsentState consent = changeable(consentId);
        ConsentRevoke.Builder revoke = ConsentRevoke.newBuilder()
                .setConsentId(consent.getId())
                .setEvidenceHash(Evidence.hash(evidence))
                .setSealedReason(changersKey(consent.getPatientId()).sealReason(reason.text));
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("consentId", Ids.text(consent.getId()));
        new Writes(session).submitAndPrint(body -> body.setConsentRevoke(revoke), ids);
        session.output()
                .say(
                        "Data that was downloaded already cannot be recalled; later versions have keys of their own (PRV-7)");
        return 0;
    }

    @Command(
            name = "show",
            description = "Show a consent with its rules, proven from the genesis; labels stay blinded.",
            footer = {"  consilium --context st-mary/consent consent show C -o json"})
    int show(@Parameters(paramLabel = "ID", description = "Consent id.") String id) throws Exception {
        ByteString consentId = Ids.object("consent", id);
        VerifiedState.At<ConsentState> found = session.state().consent(consentId);
        Map<String, Object> object = describe(found.value());
        List<Object> rules = new ArrayList<>();
        found.value().getTerms().getRulesList().forEach(rule -> {
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("type", rule.getPermit() ? "permit" : "deny");
            shown.putAll(ProtoJson.write(rule));
            shown.remove("permit");
            rules.add(shown);
        });
        object.put("rules", rules);
        object.put("evidenceHash", Ids.text(found.value().getEvidenceHash()));
        object.put(
                "history",
                found.value().getHistoryList().stream().map(Ids::text).toList());
        List<Object> signatures = new ArrayList<>();
        for (ByteString txId : found.value().getHistoryList()) {
            signatures.add(Signatures.of(session, Hash.of(txId.toByteArray())));
        }
        object.put("signatures", signatures);
        object.put("asOfHeight", found.height());
        session.output().result(object);
        return 0;
    }

    @Command(
            name = "list",
            description = "List a patient's consents, or those that name a grantee.",
            footer = {
                "  consilium --context st-mary/consent consent list --patient P",
                "  consilium --context riverside/dr-brown consent list --grantee riverside"
            })
    int list(
            @Option(names = "--patient", paramLabel = "P", description = "Patient id.") Optional<String> patient,
            @Option(names = "--grantee", paramLabel = "X", description = "Institution, member or role.")
                    Optional<String> grantee,
            @Mixin Pages.Paging paging)
            throws Exception {
        if (patient.isPresent() == grantee.isPresent()) {
            throw new MalformedInput("--patient", "Whose consents is not said", "Give --patient P or --grantee X");
        }
        String by = patient.isPresent()
                ? "patient/" + Ids.text(Ids.object("patient", patient.get()))
                : ConsentSelectors.grantee(grantee.orElseThrow());
        new Pages(session)
                .print(
                        "consents",
                        by,
                        paging,
                        ConsentState.parser(),
                        List.of("consentId", "version", "status", "grantor", "grantedAt", "until"),
                        ConsentCommands::describe);
        return 0;
    }

    @Command(
            name = "check",
            description = {
                "Ask what the chain would decide; nothing is written. The answer, DENY included, exits 0.",
                "The reason is shown to the patient and the custodians."
            },
            footer = {
                "  consilium consent check --patient P --record R --by riverside/dr-brown --purpose TREAT",
                "  consilium consent check --patient P --record R --by riverside/dr-brown \\",
                "      --purpose TREAT --at 2027-01-01",
                "  consilium consent check --patient P --record R --by riverside/dr-brown --purpose TREAT --explain"
            })
    int check(
            @Option(names = "--patient", required = true, paramLabel = "P", description = "Patient id.") String patient,
            @Option(names = "--record", required = true, paramLabel = "R", description = "Record id.") String record,
            @Option(names = "--by", required = true, paramLabel = "MEMBER", description = "Who would ask.") String by,
            @Option(
                            names = "--purpose",
                            required = true,
                            paramLabel = "CODE",
                            description = "Purpose of use, an HL7 v3 code.")
                    String purpose,
            @Option(
                            names = "--action",
                            paramLabel = "CODE",
                            defaultValue = AccessCommands.ACCESS,
                            description = "access, correct or disclose (default access).")
                    String action,
            @Option(
                            names = "--at",
                            paramLabel = "TIME",
                            description = "As of when (default: now): in the past as the chain's state was then,"
                                    + " in the future as it is.")
                    Optional<String> at,
            @Option(
                            names = "--explain",
                            description = "Show which consent and rule decided, and why the others did not.")
                    boolean explain)
            throws Exception {
        ConsentCheckRequest.Builder request = ConsentCheckRequest.newBuilder()
                .setPatientId(Ids.object("patient", patient))
                .setRecordId(Ids.object("record", record))
                .setBy(Ids.member(by))
                .setPurpose(purpose.toUpperCase(Locale.ROOT))
                .setAction(action);
        if (at.isPresent()) {
            request.setAsOfMillis(Dates.start("--at", at.get()));
        }
        request.setExplain(explain);
        ConsentCheckResponse response = session.client().consentCheck(request.build());
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("decision", response.getDecision().getOutcome().name());
        object.put("asOf", Dates.text(response.getAsOfMillis()));
        object.putAll(basis(response.getDecision()));
        object.put("height", response.getHeight());
        if (explain) {
            new ExplanationView(session).print(object, response);
        } else {
            session.output().result(object);
        }
        return 0;
    }

    /** Why, for those who may know; nothing for others. */
    static Map<String, Object> basis(DecisionBasis basis) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (!basis.getConsentId().isEmpty()) {
            object.put("consentId", Ids.text(basis.getConsentId()));
            object.put("version", basis.getConsentVersion());
            object.put("ruleIndex", basis.getRuleIndex());
            object.put("exceptionIndex", basis.getExceptionIndex());
        }
        if (!basis.getReason().isEmpty()) {
            object.put("reason", basis.getReason());
        }
        return object;
    }

    static Map<String, Object> describe(ConsentState consent) {
        Period period = consent.getTerms().getPeriod();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("consentId", Ids.text(consent.getId()));
        object.put("patientId", Ids.text(consent.getPatientId()));
        object.put("version", consent.getVersion());
        object.put("status", status(consent.getStatus(), period));
        object.put("grantor", consent.getGrantor());
        object.put("grantedAt", Dates.text(consent.getGrantedMillis()));
        object.put("changedAt", Dates.text(consent.getChangedMillis()));
        object.put("from", time(period.getStartMillis()));
        object.put("until", time(period.getEndMillis()));
        object.put("base", consent.getTerms().getBasePermit() ? "permit" : "deny");
        return object;
    }

    /** Expiry needs no transaction, so the chain's status alone would mislead (CON-4). */
    private static String status(ConsentStatus status, Period period) {
        boolean over = period.getEndMillis() != 0 && period.getEndMillis() <= System.currentTimeMillis();
        return switch (status) {
            case CONSENT_ACTIVE -> over ? "EXPIRED" : "ACTIVE";
            case CONSENT_REVOKED -> "REVOKED";
            default -> status.name();
        };
    }

    private static Optional<String> time(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Dates.text(millis));
    }

    private ConsentSelectors.KeySource keys(ByteString patientId) {
        return ConsentTermsOptions.once(() -> scopeKey(patientId));
    }

    private ConsentState changeable(ByteString consentId) throws ClientException {
        ConsentState consent = session.state().consent(consentId).value();
        if (consent.getStatus() == ConsentStatus.CONSENT_REVOKED) {
            throw Submitter.failure(Refusal.CONSENT_REVOKED, "");
        }
        return consent;
    }

    /** Of a consent that the caller sees: whoever has no key to seal a reason with may not change it (CON-1). */
    private ScopeKey changersKey(ByteString patientId) throws ClientException {
        try {
            return scopeKey(patientId);
        } catch (NodeRefusal refusal) {
            if (refusal.kind() != FailureClass.NOT_FOUND) {
                throw refusal;
            }
            throw new ClientException(
                            FailureClass.DENIED,
                            Refusal.NOT_GRANTOR.name(),
                            Refusal.NOT_GRANTOR.rule(),
                            "",
                            "Refused: " + Refusal.NOT_GRANTOR.summary(),
                            "Sign with the patient's key, or ask a custodian")
                    .causedBy(refusal);
        }
    }

    private ScopeKey scopeKey(ByteString patientId) throws ClientException {
        return new Custodian(session).scopeKey(patientId);
    }
}
