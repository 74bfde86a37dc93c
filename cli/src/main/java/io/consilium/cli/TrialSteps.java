package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
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
import io.consilium.proto.TrialSubjectState;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
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

    int enroll(ByteString trialId, String patient, Optional<String> custodian, String form, String evidence)
            throws ClientException, IOException {
        ByteString patientId = Ids.object("patient", patient);
        ByteString pseudonym = new CustodianKeys().freshId();
        ByteString evidenceHash = TrialIds.evidence(trialId, pseudonym, formHash(evidence));
        TrialState trial = session.state().trial(trialId).value();
        ByteString nullifier = nullifier(trial, patientId, custodian);
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

    /** From the node of the custodian that is named; else from the own one, or that of another site which has custody. */
    private ByteString nullifier(TrialState trial, ByteString patientId, Optional<String> named)
            throws ClientException {
        Custodian custodian = new Custodian(session);
        if (named.isPresent()) {
            return custodian
                    .node(named.get())
                    .trialNullifier(trial.getId(), patientId)
                    .getNullifier();
        }
        try {
            return custodian.ask(
                    client -> client.trialNullifier(trial.getId(), patientId).getNullifier());
        } catch (NodeRefusal refusal) {
            if (refusal.kind() != FailureClass.NOT_FOUND) {
                throw refusal;
            }
            String own = session.client().endpoint().institution();
            List<String> others = trial.getSitesList().stream()
                    .filter(site -> !site.equals(own))
                    .toList();
            return firstOf(
                    others,
                    site -> custodian
                            .node(site)
                            .trialNullifier(trial.getId(), patientId)
                            .getNullifier(),
                    refusal);
        }
    }

    /** What to ask of a site's node. */
    interface AskedOfSite {
        ByteString ask(String site) throws ClientException;
    }

    /**
     * The first answer. A node that does not answer may have had it, so that it is told rather than that nobody knows the
     * patient.
     */
    static ByteString firstOf(List<String> sites, AskedOfSite question, ClientException nobody) throws ClientException {
        ClientException failure = nobody;
        for (String site : sites) {
            try {
                return question.ask(site);
            } catch (ClientException without) {
                if (without.kind() == FailureClass.UNREACHABLE) {
                    failure = without;
                } else if (without.kind() != FailureClass.NOT_FOUND) {
                    throw without;
                }
            }
        }
        throw failure;
    }

    int show(ByteString trialId, String pseudonym) throws ClientException {
        TrialSubjectState subject =
                session.state().trialSubject(Ids.object("subject", pseudonym)).value();
        if (!subject.getTrialId().equals(trialId)) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "SUBJECT_UNKNOWN",
                    "TRI-4",
                    "",
                    "The trial has no such subject",
                    "Check both ids; trial audit lists what there is");
        }
        session.output().result(TrialViews.subject(subject));
        return 0;
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
