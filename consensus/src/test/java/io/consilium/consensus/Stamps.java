package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Signatures that cost two hashes instead of curve arithmetic; no test here forges them. */
final class Stamps {
    static final Verifier VERIFIER = (key, message, signature) -> Arrays.equals(stamp(key, message), signature);

    private Stamps() {}

    static PublicKey key(int node) {
        return PublicKey.ed25519(
                Hash.sha256(("node " + node).getBytes(StandardCharsets.UTF_8)).toBytes());
    }

    static Signer signer(int node) {
        PublicKey key = key(node);
        return new Signer() {
            @Override
            public PublicKey publicKey() {
                return key;
            }

            @Override
            public byte[] sign(byte[] message) {
                return stamp(key, message);
            }
        };
    }

    static ValidatorSet set(long epoch, List<Integer> nodes) {
        return new ValidatorSet(
                epoch,
                nodes.stream()
                        .map(node -> new Validator("clinic-" + node, key(node)))
                        .toList());
    }

    static ValidatorSet set(int size) {
        return set(0, IntStream.range(0, size).boxed().toList());
    }

    private static byte[] stamp(PublicKey key, byte[] message) {
        byte[] half = Hash.sha256(key.bytes(), message).toBytes();
        byte[] whole = Arrays.copyOf(half, 64);
        System.arraycopy(half, 0, whole, 32, 32);
        return whole;
    }
}
