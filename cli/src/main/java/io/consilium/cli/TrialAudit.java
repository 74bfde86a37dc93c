package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.trial.Consents;
import io.consilium.client.trial.Timeline;
import io.consilium.client.trial.TrialReader;
import io.consilium.client.trial.TrialRecord;
import io.consilium.proto.TrialCheckRequest;
import io.consilium.proto.TrialCheckResponse;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The data-management listing of a trial: who submitted and corrected what, when and why (TRI-5). */
final class TrialAudit {
    private static final String NOT_HELD = "PAYLOAD_NOT_HELD";

    private static final String RIGHT = "ok";

    private final Session session;
    private final TrialReader reader;

    private final boolean check;

    /** @param check whether the sponsor's node opens the data and checks them again */
    TrialAudit(Session session, TrialReader reader, boolean check) {
        this.session = session;
        this.reader = reader;
        this.check = check;
    }

    /** Whether every version that was checked is right. */
    boolean print(ByteString trialId) throws ClientException {
        TrialRecord record = reader.record(trialId);
        TrialHistory history = new TrialHistory(session);
        boolean right = true;
        List<Map<String, Object>> items = new ArrayList<>();
        for (TrialDatasetState dataset : reader.datasets(record.state())) {
            for (TrialDataVersion version : dataset.getVersionsList()) {
                Map<String, Object> item = item(dataset, version);
                if (version.getVersion() > 1) {
                    item.put("reason", history.of(trialId, version.getTxId()));
                }
                if (check) {
                    String found = checked(trialId, dataset.getId(), version.getVersion());
                    item.put("check", found);
                    right &= found.equals(RIGHT);
                }
                item.put("txId", Ids.text(version.getTxId()));
                items.add(item);
            }
        }
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("trialId", Ids.text(trialId));
        subjects(record, about);
        about.put("locked", record.state().getLocked());
        about.put("unlocks", count(record, Timeline.Kind.UNLOCKED));
        about.put("unblindings", count(record, Timeline.Kind.UNBLINDED));
        List<String> columns = new ArrayList<>(
                List.of("name", "version", "rows", "subjects", "notEnrolled", "author", "time", "reason", "datasetId"));
        if (check) {
            columns.add("check");
        }
        session.output().list(columns, items, Optional.empty(), about);
        return right;
    }

    private String checked(ByteString trialId, ByteString datasetId, long version) throws ClientException {
        TrialCheckRequest request = TrialCheckRequest.newBuilder()
                .setTrialId(trialId)
                .setDatasetId(datasetId)
                .setDatasetVersion(version)
                .build();
        return checked(() -> new Custodian(session).ask(client -> client.trialCheck(request)));
    }

    /** What the sponsor's node says of a version. */
    interface Answer {
        TrialCheckResponse ask() throws ClientException;
    }

    /** "ok", or the place of the first fault and what it is, or whose rows are not of the trial, or why this one cannot be checked; the others still are. */
    static String checked(Answer asked) throws ClientException {
        TrialCheckResponse answer;
        try {
            answer = asked.ask();
        } catch (ClientException refused) {
            boolean ofThisOne = refused.kind() == FailureClass.REFUSED
                    || refused.kind() == FailureClass.NOT_FOUND
                    || refused.code().equals(NOT_HELD);
            if (!ofThisOne) {
                throw refused;
            }
            return refused.code() + ": " + refused.getMessage();
        }
        if (!answer.getFault().isEmpty()) {
            return answer.getPath() + ": " + answer.getFault();
        }
        String found = answer.getNotEnrolled() == 0 ? RIGHT : "subjects: " + answer.getNotEnrolled() + " not enrolled";
        return answer.getNotCompared().isEmpty()
                ? found
                : found + ", but not compared with the version before: " + answer.getNotCompared();
    }

    private static Map<String, Object> item(TrialDatasetState dataset, TrialDataVersion version) {
        TrialDataContent content = version.getContent();
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("datasetId", Ids.text(dataset.getId()));
        item.put("name", dataset.getName());
        item.put("version", version.getVersion());
        if (!dataset.getPseudonym().isEmpty()) {
            item.put("subject", Ids.text(dataset.getPseudonym()));
        }
        item.put("rows", content.getRows());
        item.put("columns", content.getColumns());
        item.put("subjects", content.getSubjects());
        item.put("notEnrolled", content.getNotEnrolled());
        item.put("author", version.getAuthor());
        item.put("time", Dates.text(version.getTimeMillis()));
        item.put("commitment", Ids.text(content.getCommitment()));
        item.put("ciphertextHash", Ids.text(content.getCiphertextHash()));
        return item;
    }

    private void subjects(TrialRecord record, Map<String, Object> about) throws ClientException {
        Consents consents = Consents.of(
                reader.subjects(record.state().getId()), record.current().getIcfVersion());
        about.put("sampleSize", record.current().getSampleSize());
        about.put("enrolled", consents.enrolled());
        about.put("withdrawn", consents.withdrawn());
        about.put("staleConsents", consents.stale());
    }

    private static long count(TrialRecord record, Timeline.Kind kind) {
        return Timeline.of(record.state()).stream()
                .filter(step -> step.kind() == kind)
                .count();
    }
}
