package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.NodeClient;
import io.consilium.client.NodeRefusal;
import io.consilium.client.trial.ResultsDocument;
import io.consilium.client.trial.TrialDocument;
import io.consilium.crypto.Hash;
import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.ledger.trials.TrialIds;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialEnroll;
import io.consilium.proto.TrialMark;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectChange;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The single steps of a trial: decisions, subjects, milestones, publication. */
final class TrialSteps {
    private static final int MAX_FORM_BYTES = 256 * 1024 * 1024;

    private final Session session;

    TrialSteps(Session session) {
        this.session = session;
    }

    int decide(ByteString trialId, boolean approve, TrialOptions.Documents documents, long untilMillis)
            throws ClientException {
        Map<String, Object> ids = ids(trialId);
        ids.put("decision", approve ? "approved" : "rejected");
        ids.put("protocolVersion", documents.protocol);
        ids.put("icfVersion", documents.form);
        if (untilMillis != 0) {
            ids.put("until", Dates.endText(untilMillis));
        }
        ByteString content = documents.content.isPresent()
                ? ByteString.copyFrom(
                        Ids.hash("content", documents.content.get()).toBytes())
                : EthicsApproval.current(session.state().trial(trialId).value()).getContentHash();
        ids.put("contentHash", Ids.text(content));
        submit(
                TrialAction.newBuilder()
                        .setTrialId(trialId)
                        .setDecide(TrialDecide.newBuilder()
                                .setApprove(approve)
                                .setProtocolVersion(documents.protocol)
                                .setIcfVersion(documents.form)
                                .setUntilMillis(untilMillis)
                                .setContentHash(content)),
                ids);
        return 0;
    }

    int enroll(ByteString trialId, String patient, String form, String evidence) throws ClientException, IOException {
        ByteString patientId = Ids.object("patient", patient);
        ByteString pseudonym = new CustodianKeys().freshId();
        ByteString evidenceHash = TrialIds.evidence(trialId, pseudonym, formHash(evidence));
        TrialState trial = session.state().trial(trialId).value();
        ByteString nullifier = nullifier(trial, patientId);
        Map<String, Object> ids = ids(trialId);
        ids.put("pseudonym", Ids.text(pseudonym));
        ids.put("icfVersion", form);
        ids.put("evidenceHash", Ids.text(evidenceHash));
        submit(
                TrialAction.newBuilder()
                        .setTrialId(trialId)
                        .setEnroll(TrialEnroll.newBuilder()
                                .setPseudonym(pseudonym)
                                .setNullifier(nullifier)
                                .setIcfVersion(form)
                                .setEvidenceHash(evidenceHash)),
                ids);
        return 0;
    }

    /** From the own node, or from that of another site which has custody of the patient: the patient's id is with both. */
    private ByteString nullifier(TrialState trial, ByteString patientId) throws ClientException {
        Custodian custodian = new Custodian(session);
        try {
            return custodian.ask(
                    client -> client.trialNullifier(trial.getId(), patientId).getNullifier());
        } catch (NodeRefusal refusal) {
            if (refusal.kind() != FailureClass.NOT_FOUND) {
                throw refusal;
            }
            for (String site : trial.getSitesList()) {
                if (!site.equals(session.client().endpoint().institution())) {
                    Optional<ByteString> found = ofSite(custodian.node(site), trial.getId(), patientId);
                    if (found.isPresent()) {
                        return found.get();
                    }
                }
            }
            throw refusal;
        }
    }

    private static Optional<ByteString> ofSite(NodeClient site, ByteString trialId, ByteString patientId)
            throws ClientException {
        try {
            return Optional.of(site.trialNullifier(trialId, patientId).getNullifier());
        } catch (NodeRefusal refusal) {
            if (refusal.kind() == FailureClass.NOT_FOUND) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    int change(
            ByteString trialId,
            String pseudonym,
            Optional<String> status,
            Optional<String> form,
            Optional<String> evidence)
            throws ClientException, IOException {
        ByteString subject = Ids.object("subject", pseudonym);
        TrialSubjectChange.Builder change = TrialSubjectChange.newBuilder()
                .setPseudonym(subject)
                .setStatus(status.orElse(""))
                .setIcfVersion(form.orElse(""));
        if (evidence.isPresent()) {
            change.setEvidenceHash(TrialIds.evidence(trialId, subject, formHash(evidence.get())));
        }
        Map<String, Object> ids = ids(trialId);
        ids.put("pseudonym", Ids.text(subject));
        status.ifPresent(text -> ids.put("subjectStatus", text));
        form.ifPresent(text -> ids.put("icfVersion", text));
        submit(TrialAction.newBuilder().setTrialId(trialId).setSubjectChange(change), ids);
        return 0;
    }

    int mark(ByteString trialId, TrialMilestone milestone, String reason) throws ClientException {
        TrialState trial = session.state().trial(trialId).value();
        Map<String, Object> ids = ids(trialId);
        submit(
                TrialAction.newBuilder()
                        .setTrialId(trialId)
                        .setMark(TrialMark.newBuilder()
                                .setMilestone(milestone)
                                .setReason(new TrialReaders(session).seal(trial, reason))),
                ids);
        return 0;
    }

    int publish(ByteString trialId, String file) throws ClientException {
        if (!UserFiles.isStdin(file)) {
            UserFiles.existing(file);
        }
        var results = ResultsDocument.read(UserFiles.read(session, file, TrialDocument.MAX_BYTES));
        Map<String, Object> ids = ids(trialId);
        ids.put("outcomes", results.getResultsCount());
        submit(TrialAction.newBuilder().setTrialId(trialId).setPublish(results), ids);
        return 0;
    }

    private void submit(TrialAction.Builder action, Map<String, Object> ids) throws ClientException {
        TrialAction built = action.build();
        new Writes(session).submitAndPrint(body -> body.setTrial(built), ids);
    }

    private static Map<String, Object> ids(ByteString trialId) {
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("trialId", Ids.text(trialId));
        return ids;
    }

    private static Hash formHash(String file) throws ClientException {
        var path = UserFiles.existing(file);
        try {
            if (Files.size(path) > MAX_FORM_BYTES) {
                throw new ClientException(
                        FailureClass.REFUSED,
                        "FILE_TOO_LARGE",
                        file + " has more than " + MAX_FORM_BYTES + " bytes",
                        "Check that it is the signed form");
            }
            return Hash.sha256(Files.readAllBytes(path));
        } catch (IOException failed) {
            throw UserFiles.unreadable(file, failed);
        }
    }
}
