package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Has the custodian's node give a patient a new scope key, transaction by transaction until all labels are its (PRV-7). */
final class ScopeKeyRotation {
    private final Session session;

    ScopeKeyRotation(Session session) {
        this.session = session;
    }

    /** @param rotate whether to change the key first; else labels that an earlier change left behind are made new */
    Map<String, Object> run(ByteString patientId, boolean rotate) throws ClientException {
        int consents = 0;
        int records = 0;
        List<String> transactions = new ArrayList<>();
        boolean next = rotate;
        CustodyResponse answer;
        do {
            CustodyRequest request = CustodyRequest.newBuilder()
                    .setPatientId(patientId)
                    .setRotateKey(next)
                    .build();
            answer = new Custodian(session).ask(client -> client.custody(request));
            next = false;
            consents += answer.getConsents();
            records += answer.getRecords();
            if (!answer.getTxId().isEmpty()) {
                transactions.add(Ids.text(answer.getTxId()));
            }
            if (answer.getMore()) {
                session.output().say("Relabelled " + consents + " consents and " + records + " records so far");
            }
        } while (answer.getMore());
        if (answer.getLeft() > 0) {
            session.output()
                    .say(answer.getLeft() + " consents or records keep their old labels, since nothing tells what these"
                            + " stand for: permits by label do not reach them, denies do. Amend them");
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("patientId", Ids.text(patientId));
        result.put("labelEpoch", answer.getLabelEpoch());
        result.put("consents", consents);
        result.put("records", records);
        result.put("left", answer.getLeft());
        result.put("txIds", transactions);
        return result;
    }
}
