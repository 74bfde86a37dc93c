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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Why an institution's vault keeps a payload, as the ledger knows it.
 *
 * <p>Whatever transaction registers sealed content writes a line of {@link LedgerIndexes#INSTITUTION_PAYLOADS}: holder,
 * ciphertext hash, state object; and the ledger lets one object alone name a hash. The payload is kept while this object
 * is in state with the hash among its bytes. So any domain holds a payload by naming its hash in an object of its own, and
 * releases it by rewriting the object without it; nothing else has to be told to the vault. A record names its hashes for
 * ever, and lets go of them by its erasure (PRV-6), or when the institution is no holder of it any more.
 */
public final class PayloadClaims {
    private final ChainReader chain;
    private final LedgerState state;

    public PayloadClaims(ChainReader chain, LedgerState state) {
        this.chain = chain;
        this.state = state;
    }

    /** What is to be done with a payload at one institution. */
    public enum Standing {
        /** The object that names it has this institution keep it. */
        KEPT,
        /** Its record was erased: nobody holds a copy or takes one. */
        ERASED,
        /** Nothing names it here: staged, forwarded, let go of, or never registered. */
        UNCLAIMED
    }

    public Standing standing(String institution, Hash ciphertext) {
        ByteString hash = ByteString.copyFrom(ciphertext.toBytes());
        Optional<StateKey> owner = state.payloadOwner(hash);
        if (owner.isEmpty()) {
            return Standing.UNCLAIMED;
        }
        Optional<RecordState> record = record(owner.get());
        if (record.isPresent() && record.get().hasErasure()) {
            return Standing.ERASED;
        }
        boolean kept = record.isPresent()
                ? ErasureRules.holders(record.get()).contains(institution)
                : isListed(institution, hash) && names(owner.get(), hash);
        return kept ? Standing.KEPT : Standing.UNCLAIMED;
    }

    /** Everybody who keeps the payload of a record, in order. */
    public List<String> holders(Hash ciphertext) {
        return state.payloadOwner(ByteString.copyFrom(ciphertext.toBytes()))
                .flatMap(this::record)
                .filter(record -> !record.hasErasure())
                .map(ErasureRules::holders)
                .orElse(List.of());
    }

    private boolean isListed(String institution, ByteString hash) {
        return !chain.scan(
                        LedgerIndexes.INSTITUTION_PAYLOADS,
                        LedgerIndexes.payloads(institution, hash),
                        Optional.empty(),
                        1,
                        false)
                .items()
                .isEmpty();
    }

    /** The record that the key is of; empty for objects of other kinds. */
    private Optional<RecordState> record(StateKey object) {
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
