package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.Submitter;
import io.consilium.client.VerificationFailed;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.RecordState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the chain for access, to one record or to each of several (ACC-1). */
final class AccessRequests {
    private static final int PAGE = 500;
    private static final int MAX_RECORDS = 1_000;

    private final Session session;
    private final String purpose;
    private final String action;

    AccessRequests(Session session, String purpose, String action) {
        this.session = session;
        this.purpose = purpose;
        this.action = action;
    }

    void ask(List<String> records, Optional<String> patient, List<String> labels) throws ClientException {
        if (records.isEmpty() == patient.isEmpty()) {
            throw new MalformedInput("--record", "It is not said what is asked for", "Give --record R or --patient P");
        }
        if (!labels.isEmpty() && patient.isEmpty()) {
            throw new MalformedInput("--label", "--label needs --patient", "Name whose records are meant");
        }
        List<ByteString> ids = new ArrayList<>();
        for (String record : records) {
            ids.add(Ids.object("record", record));
        }
        if (patient.isPresent()) {
            ids.addAll(matching(Ids.object("patient", patient.get()), labels));
        }
        if (records.size() == 1) {
            Writes.Written written = request(ids.get(0));
            new Writes(session).print(written);
            return;
        }
        several(ids);
    }

    /** One decision each; the run is denied (exit 4) only if none was permitted. */
    private void several(List<ByteString> ids) throws ClientException {
        List<Map<String, Object>> items = new ArrayList<>();
        Optional<ClientException> denial = Optional.empty();
        boolean permitted = false;
        for (ByteString id : ids) {
            Writes.Written written = request(id);
            items.add(written.result());
            Optional<ClientException> failure =
                    written.receipt().flatMap(receipt -> Submitter.failure(receipt.receipt()));
            permitted |= failure.isEmpty();
            denial = failure.isPresent() ? failure : denial;
        }
        session.output().list(List.of("recordId", "decision", "accessId", "status", "code"), items, Optional.empty());
        if (!permitted && denial.isPresent()) {
            throw denial.get();
        }
    }

    private Writes.Written request(ByteString recordId) throws ClientException {
        ByteString accessId = new CustodianKeys().freshId();
        AccessRequest request = AccessRequest.newBuilder()
                .setAccessId(accessId)
                .setRecordId(recordId)
                .setPurpose(purpose)
                .setAction(action)
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("accessId", Ids.text(accessId));
        ids.put("recordId", Ids.text(recordId));
        Writes.Written written = new Writes(session).submit(body -> body.setAccessRequest(request), ids);
        written.receipt()
                .map(receipt -> receipt.receipt().getDecision().name())
                .filter(decision -> !decision.startsWith("DECISION_OUTCOME"))
                .ifPresent(decision -> written.result().put("decision", decision));
        return written;
    }

    /** Of the records that the caller may see: codes are blinded where the patient's scope key is, at the custodian. */
    private List<ByteString> matching(ByteString patientId, List<String> labels) throws ClientException {
        ListRequest.Builder request = ListRequest.newBuilder()
                .setList("records")
                .setBy("patient/" + Ids.text(patientId))
                .setLimit(PAGE);
        for (String label : labels) {
            request.addLabels(Labels.code("--label", label));
        }
        List<ByteString> ids = new ArrayList<>();
        String cursor = "";
        do {
            ListRequest page = request.setCursor(cursor).build();
            ListResponse answer = labels.isEmpty()
                    ? session.client().list(page)
                    : new Custodian(session).ask(client -> client.list(page));
            for (ByteString item : answer.getItemsList()) {
                ids.add(idOf(item));
            }
            cursor = answer.getNextCursor();
        } while (!cursor.isEmpty() && ids.size() <= MAX_RECORDS);
        if (ids.isEmpty()) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "NOT_FOUND",
                    "PRV-8",
                    "",
                    "There is no such record, or you may not see it",
                    "Check the patient id and the labels");
        }
        if (ids.size() > MAX_RECORDS) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "TOO_MANY_RECORDS",
                    "More than " + MAX_RECORDS + " records match",
                    "Narrow it with --label, or name them with --record");
        }
        return ids;
    }

    private static ByteString idOf(ByteString item) throws ClientException {
        try {
            return RecordState.parseFrom(item).getId();
        } catch (InvalidProtocolBufferException malformed) {
            throw new VerificationFailed(
                            "ANSWER_MALFORMED",
                            "An item of the list cannot be read",
                            "Check that node and client are of one version")
                    .causedBy(malformed);
        }
    }
}
