package io.consilium.client;

import io.consilium.crypto.Hash;
import io.consilium.crypto.Signer;
import io.consilium.proto.TransactionBody;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Makes and signs transactions of one actor of one chain; no file, no network; safe for many threads. */
public final class TransactionBuilder {
    /** What remains valid after the caller's own time-out, so that a slow block can still take it (TX-2). */
    public static final Duration GRACE = Duration.ofSeconds(60);

    /** TX-2 allows ten minutes; clocks differ. */
    public static final Duration MAX_VALIDITY = Duration.ofMinutes(9);

    private final Hash chainId;
    private final String actor;
    private final Signer signer;
    private final SecureRandom random = new SecureRandom();

    public TransactionBuilder(Hash chainId, String actor, Signer signer) {
        this.chainId = chainId;
        this.actor = actor;
        this.signer = signer;
    }

    public static TransactionBuilder of(Hash chainId, Identity identity) {
        return new TransactionBuilder(chainId, identity.actor(), identity.signer());
    }

    /** The default end of validity of a transaction sent now by somebody who waits for {@code timeout}. */
    public static long validUntil(long nowMillis, Duration timeout) {
        Duration validity = timeout.plus(GRACE);
        return nowMillis + (validity.compareTo(MAX_VALIDITY) > 0 ? MAX_VALIDITY : validity).toMillis();
    }

    public TransactionDraft draft(long validUntilMillis, Consumer<TransactionBody.Builder> payload) {
        return TransactionDraft.build(
                chainId,
                List.of(TransactionDraft.signer(actor, signer.publicKey())),
                validUntilMillis,
                random,
                payload);
    }

    /** The signed bytes of a draft of this actor. */
    public byte[] sign(TransactionDraft draft) {
        return draft.signed(List.of(draft.sign(chainId, signer)));
    }

    /** A signed transaction in one step, e.g. for a load driver. */
    public byte[] signed(long validUntilMillis, Consumer<TransactionBody.Builder> payload) {
        return sign(draft(validUntilMillis, payload));
    }
}
