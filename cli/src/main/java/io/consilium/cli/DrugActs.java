package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.Submitter;
import io.consilium.client.TransactionBuilder;
import io.consilium.client.TransactionDraft;
import io.consilium.client.VerifiedReceipt;
import io.consilium.client.VerifiedState;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugDocument;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.TransactionReceipt;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts acts of provenance on chain, and tells what became of them, the exceptions that they opened included. */
final class DrugActs {
    private static final int MAX_SHOWN_EXCEPTIONS = 16;

    private final Session session;

    DrugActs(Session session) {
        this.session = session;
    }

    /** An act that the command needs beside its own, e.g. a request for a key; nothing is printed. */
    TransactionReceipt commit(DrugAction action) throws ClientException {
        TransactionBuilder builder = TransactionBuilder.of(session.genesis().chainId(), session.identity());
        TransactionDraft draft = builder.draft(
                TransactionBuilder.validUntil(System.currentTimeMillis(), session.options().timeout),
                body -> body.setDrug(action));
        return new Submitter(session.client(), session.verifier(), session.options().timeout)
                .submit(builder.sign(draft), draft.txId())
                .receipt();
    }

    /** Puts the command's act on chain and prints what became of it, the exceptions that it opened included. */
    void act(DrugAction.Builder action, Map<String, Object> ids) throws ClientException {
        Writes writes = new Writes(session);
        Writes.Written written = submit(action, ids);
        writes.print(written.applied() && !mayFind(action) ? written : withExceptions(written));
    }

    /** Whether an act that is applied can have found something that is not as it should be. */
    private static boolean mayFind(DrugAction.Builder action) {
        return switch (action.getActCase()) {
            case RECEIVE, RESOLVE -> true;
            case STATUS_CHANGE ->
                action.getStatusChange().getKind() == DrugStatusKind.DRUG_MARK_SUSPECT
                        || action.getStatusChange().getKind() == DrugStatusKind.DRUG_MARK_ILLEGITIMATE;
            default -> false;
        };
    }

    /** Several acts, together or not at all, and prints what became of them. */
    void act(List<DrugAction.Builder> acts) throws ClientException {
        if (acts.size() == 1) {
            act(acts.get(0), Map.of());
            return;
        }
        DrugDocument.Builder document = DrugDocument.newBuilder();
        acts.forEach(document::addActs);
        Writes.Written written = submit(DrugAction.newBuilder().setDocument(document), Map.of());
        new Writes(session).print(withExceptions(written, 1));
    }

    Writes.Written submit(DrugAction.Builder action, Map<String, Object> ids) throws ClientException {
        return new Writes(session).submit(body -> body.setDrug(action), ids);
    }

    /** The exceptions that a receipt names, as far as this member sees them. */
    Writes.Written withExceptions(Writes.Written written) throws ClientException {
        return withExceptions(written, 0);
    }

    /** @param other how many objects of a refused document's receipt stand before its exceptions */
    Writes.Written withExceptions(Writes.Written written, int other) throws ClientException {
        Optional<TransactionReceipt> receipt = written.receipt().map(VerifiedReceipt::receipt);
        List<Object> exceptions = new ArrayList<>();
        boolean refused = written.receipt().isPresent() && !written.applied();
        Map<DrugExceptionKind, Integer> kinds = new EnumMap<>(DrugExceptionKind.class);
        for (DrugExceptionState exception : exceptions(receipt, refused ? other : 0)) {
            exceptions.add(DrugExceptions.describe(exception));
            kinds.merge(exception.getKind(), 1, Integer::sum);
        }
        if (session.output().format() == GlobalOptions.Format.table) {
            kinds.forEach((kind, count) -> session.output()
                    .say(count + " " + DrugExceptions.type(kind) + ": " + DrugExceptions.meaning(kind)
                            + ". Which it is: consilium drug exceptions show ID --items-file FILE"));
        }
        Map<String, Object> result = new LinkedHashMap<>(written.result());
        if (!exceptions.isEmpty()) {
            result.put("exceptions", exceptions);
        }
        return new Writes.Written(result, written.receipt());
    }

    List<DrugExceptionState> exceptions(Optional<TransactionReceipt> receipt) throws ClientException {
        return exceptions(receipt, 0);
    }

    private List<DrugExceptionState> exceptions(Optional<TransactionReceipt> receipt, int from) throws ClientException {
        List<DrugExceptionState> exceptions = new ArrayList<>();
        if (receipt.isPresent()) {
            List<ByteString> objects = receipt.get().getObjectIdsList();
            int end = Math.min(objects.size(), from + MAX_SHOWN_EXCEPTIONS);
            for (ByteString id : objects.subList(Math.min(from, end), end)) {
                Optional<DrugExceptionState> exception = session.state()
                        .find(DrugKeys.exception(id), DrugExceptionState.parser())
                        .map(VerifiedState.At::value);
                if (exception.isEmpty()) {
                    break; // exceptions stand first
                }
                exceptions.add(exception.get());
            }
        }
        return exceptions;
    }
}
