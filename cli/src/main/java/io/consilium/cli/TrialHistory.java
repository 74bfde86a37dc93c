package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.TrialReasons;
import io.consilium.client.trial.Timeline;
import io.consilium.client.trial.TrialRecord;
import io.consilium.crypto.Hash;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of a trial with their reasons, which are opened for those whom they are sealed to (PRV-1). */
final class TrialHistory {
    private static final String SEALED = "(sealed)";

    private final Session session;

    TrialHistory(Session session) {
        this.session = session;
    }

    List<Map<String, Object>> steps(TrialRecord record) throws ClientException {
        List<Map<String, Object>> items = new ArrayList<>();
        for (Timeline.Step step : Timeline.of(record.state())) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("time", Dates.text(step.timeMillis()));
            item.put("event", step.kind().word());
            item.put("detail", step.detail());
            item.put("by", step.actor());
            if (!step.txId().isEmpty()) {
                reason(record.state().getId(), step.kind(), step.txId()).ifPresent(text -> item.put("reason", text));
                item.put("txId", Ids.text(step.txId()));
            }
            items.add(item);
        }
        return items;
    }

    private Optional<String> reason(ByteString trialId, Timeline.Kind kind, ByteString txId) throws ClientException {
        return switch (kind) {
            case AMENDED, LOCKED, UNLOCKED, UNBLINDED -> Optional.of(of(trialId, txId));
            case REGISTERED, APPROVED, REJECTED, FIRST_ENROLMENT, RELEASED, PUBLISHED -> Optional.empty();
        };
    }

    /** The reason that a transaction gives, proven to stand on chain. */
    String of(ByteString trialId, ByteString txId) throws ClientException {
        byte[] proof = session.client()
                .transaction(Hash.of(txId.toByteArray()))
                .getReceiptProof()
                .toByteArray();
        TrialAction action =
                session.verifier().verify(proof).transaction().body().getTrial();
        TrialReason reason =
                switch (action.getActionCase()) {
                    case AMEND -> action.getAmend().getReason();
                    case CORRECT -> action.getCorrect().getReason();
                    case MARK -> action.getMark().getReason();
                    default -> TrialReason.getDefaultInstance();
                };
        return TrialReasons.open(trialId, reason, session.identity()).orElse(SEALED);
    }
}
