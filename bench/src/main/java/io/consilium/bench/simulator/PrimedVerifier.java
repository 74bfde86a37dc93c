package io.consilium.bench.simulator;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.crypto.Verifier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The real predicate of ID-4, asked once for each signature of a world: what a key of this world has just signed is known
 * to be good, but for a sample that is verified all the same, and every other signature is verified in full. So a seed
 * spends its time on orders of events and not on curve points.
 */
final class PrimedVerifier implements Verifier {
    private static final int SAMPLE = 64;
    private static final int MAX_REMEMBERED = 200_000;

    private final Verifier real = new Ed25519Verifier(1_024);
    private final Map<ByteBuffer, Answer> answers = new HashMap<>();
    private long primed;

    @SuppressWarnings("ArrayRecordComponent") // compared by hand
    private record Answer(PublicKey key, byte[] message, boolean good) {}

    /** A signer whose signatures this verifier knows. */
    Signer priming(Signer signer) {
        return new Signer() {
            @Override
            public PublicKey publicKey() {
                return signer.publicKey();
            }

            @Override
            public byte[] sign(byte[] message) {
                byte[] signature = signer.sign(message);
                if (++primed % SAMPLE == 0) {
                    if (!real.verify(signer.publicKey(), message, signature)) {
                        throw new Violation("SIGNATURE", "a fresh signature does not verify");
                    }
                }
                remember(signature, new Answer(signer.publicKey(), message.clone(), true));
                return signature;
            }
        };
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature) {
        Answer known = answers.get(ByteBuffer.wrap(signature));
        if (known != null && known.key.equals(key) && Arrays.equals(known.message, message)) {
            return known.good;
        }
        boolean good = real.verify(key, message, signature);
        if (known == null) {
            remember(signature.clone(), new Answer(key, message.clone(), good));
        }
        return good;
    }

    private void remember(byte[] signature, Answer answer) {
        if (answers.size() < MAX_REMEMBERED) {
            answers.put(ByteBuffer.wrap(signature), answer);
        }
    }
}
