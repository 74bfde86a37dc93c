package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.OutcomeUnknown;
import io.consilium.client.ProtoJson;
import io.consilium.client.Submitter;
import io.consilium.client.TransactionBuilder;
import io.consilium.client.TransactionDraft;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The way of every write: build, sign, submit, wait for the certified receipt, verify it, print it. */
final class Writes {
    private final Session session;

    Writes(Session session) {
        this.session = session;
    }

    /** What became of a write; no receipt after --dry-run and --wait none. */
    record Written(Map<String, Object> result, Optional<VerifiedReceipt> receipt) {
        boolean applied() {
            return receipt.map(VerifiedReceipt::applied).orElse(false);
        }
    }

    /** Submits, prints the result with these ids, and throws what a refusal means (its data is printed before). */
    void submitAndPrint(Consumer<TransactionBody.Builder> payload, Map<String, Object> ids) throws ClientException {
        print(submit(payload, ids));
    }

    void print(Written written) throws ClientException {
        session.output().result(written.result());
        if (written.receipt().isPresent()) {
            Optional<ClientException> failure =
                    Submitter.failure(written.receipt().get().receipt());
            if (failure.isPresent()) {
                throw failure.get();
            }
        }
    }

    /** Builds and signs as the acting member, and submits unless --dry-run. */
    Written submit(Consumer<TransactionBody.Builder> payload, Map<String, Object> ids) throws ClientException {
        TransactionBuilder builder = TransactionBuilder.of(session.genesis().chainId(), session.identity());
        TransactionDraft draft = builder.draft(
                TransactionBuilder.validUntil(System.currentTimeMillis(), session.options().timeout), payload);
        if (session.options().dryRun) {
            return new Written(dryRun(draft, ids), Optional.empty());
        }
        return submitSigned(builder.sign(draft), draft.txId(), ids);
    }

    /** Submits bytes that are signed already. */
    Written submitSigned(byte[] signed, Hash txId, Map<String, Object> ids) throws ClientException {
        Submitter submitter = new Submitter(session.client(), session.verifier(), session.options().timeout);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("txId", txId.hex());
        Unsettled unsettled = new Unsettled(session.context().home());
        if (session.options().wait == GlobalOptions.Wait.none) {
            unsettled.keep(txId, signed);
            submitter.send(signed, txId);
            result.put("status", "PENDING");
            result.putAll(ids);
            return new Written(result, Optional.empty());
        }
        Map<String, Object> unknownYet = new LinkedHashMap<>(result);
        unknownYet.put("status", "UNKNOWN");
        unknownYet.putAll(ids);
        try (StopNotice notice = new StopNotice(session, txId, signed, unknownYet)) {
            VerifiedReceipt receipt = submitter.submit(signed, txId);
            describe(receipt.receipt(), result);
            // A refusal makes nothing, except that a denied access is recorded.
            if (receipt.applied() || receipt.receipt().getObjectIdsCount() > 0) {
                result.putAll(ids);
            }
            return new Written(result, Optional.of(receipt));
        } catch (OutcomeUnknown unknown) {
            unsettled.keep(txId, signed);
            session.output().result(unknownYet);
            throw unknown;
        }
    }

    /** The fields that every receipt is shown with. */
    static void describe(TransactionReceipt receipt, Map<String, Object> into) {
        into.put("height", receipt.getHeight());
        into.put("status", receipt.getStatus().name());
        into.put("code", receipt.getCode());
        into.put("rule", receipt.getRule());
    }

    private Map<String, Object> dryRun(TransactionDraft draft, Map<String, Object> ids) throws ClientException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("dryRun", true);
        result.put("txId", draft.txId().hex());
        result.putAll(ids);
        result.put("body", HexFormat.of().formatHex(draft.body()));
        result.put("transaction", ProtoJson.write(TxFile.read(draft)));
        return result;
    }
}
