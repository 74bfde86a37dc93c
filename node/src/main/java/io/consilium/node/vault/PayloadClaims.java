package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.RecordState;
import io.consilium.storage.ChainReader;
import io.consilium.storage.IndexPage;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Why an institution's vault keeps a payload, as the ledger knows it.
 *
 * <p>Whatever transaction registers sealed content writes a line of {@link LedgerIndexes#INSTITUTION_PAYLOADS}: holder,
 * ciphertext hash, state object. The payload is kept while one of these objects is in state with the hash among its
 * bytes. So any domain holds a payload by naming its hash in an object of its own, and releases it by rewriting the
 * object without it; nothing else has to be told to the vault. A record names its hashes for ever, and lets go of them by
 * its erasure (PRV-6), or when the institution is no holder of it any more.
 */
public final class PayloadClaims {
    private static final int MAX_OBJECTS = 1_000;

    private final ChainReader chain;
    private final LedgerState state;

    public PayloadClaims(ChainReader chain, LedgerState state) {
        this.chain = chain;
        this.state = state;
    }

    /** What is to be done with a payload at one institution. */
    public enum Standing {
        /** An object of the state names it: keep it. */
        KEPT,
        /** Its record was erased: hold no copy, take none. */
        ERASED,
        /** Nothing names it here: staged, forwarded, let go of, or never registered. */
        UNCLAIMED
    }

    /** Another custodian's erasure cannot take away what a live object of somebody else names. */
    public Standing standing(String institution, Hash ciphertext) {
        ByteString hash = ByteString.copyFrom(ciphertext.toBytes());
        Set<String> erasers = new TreeSet<>();
        Set<String> keepers = new TreeSet<>();
        for (StateKey object : objects(institution, hash)) {
            Optional<RecordState> record = record(object);
            if (record.isPresent() && record.get().hasErasure()) {
                erasers.add(record.get().getCustodian());
            } else if (record.isPresent() && ErasureRules.holders(record.get()).contains(institution)) {
                keepers.add(record.get().getCustodian());
            } else if (record.isEmpty() && names(object, hash)) {
                keepers.add(institution);
            }
        }
        if (!erasers.containsAll(keepers)) {
            return Standing.KEPT;
        }
        return erasers.isEmpty() ? Standing.UNCLAIMED : Standing.ERASED;
    }

    /** Everybody who keeps the payload for the objects for which this institution does, in order. */
    public List<String> holders(String institution, Hash ciphertext) {
        Set<String> holders = new TreeSet<>();
        for (StateKey object : objects(institution, ByteString.copyFrom(ciphertext.toBytes()))) {
            record(object)
                    .filter(record -> !record.hasErasure())
                    .ifPresent(record -> holders.addAll(ErasureRules.holders(record)));
        }
        return List.copyOf(holders);
    }

    private List<StateKey> objects(String institution, ByteString hash) {
        IndexPage page = chain.scan(
                LedgerIndexes.INSTITUTION_PAYLOADS,
                LedgerIndexes.payloads(institution, hash),
                Optional.empty(),
                MAX_OBJECTS,
                false);
        List<StateKey> objects = new ArrayList<>();
        for (IndexPage.Item item : page.items()) {
            objects.add(LedgerIndexes.payloadObjectAt(institution, item.key()));
        }
        return objects;
    }

    /** The record that the key is of; empty for objects of other kinds. */
    Optional<RecordState> record(StateKey object) {
        String text = object.text();
        return text.startsWith(StateKeys.RECORD)
                ? state.record(ByteString.copyFrom(HexFormat.of().parseHex(text.substring(StateKeys.RECORD.length()))))
                : Optional.empty();
    }

    private boolean names(StateKey object, ByteString hash) {
        byte[] wanted = hash.toByteArray();
        byte[] value = state.raw(object).orElse(new byte[0]);
        for (int at = 0; at + wanted.length <= value.length; at++) {
            int same = 0;
            while (same < wanted.length && value[at + same] == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return true;
            }
        }
        return false;
    }
}
