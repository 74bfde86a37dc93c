package io.consilium.crypto.certificate;

import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A chain of four validators with fixed keys, and its votes. */
final class Samples {
    static final Hash CHAIN = hash(0xc0);
    static final Hash BLOCK = hash(0xb1);

    private Samples() {}

    static Hash hash(int fill) {
        byte[] bytes = new byte[Hash.LENGTH];
        Arrays.fill(bytes, (byte) fill);
        return Hash.of(bytes);
    }

    static KeyPair keys(int validator) {
        return KeyPair.fromSeed(hash(validator + 1).toBytes());
    }

    static ValidatorSet set(int size) {
        return new ValidatorSet(
                3,
                IntStream.range(0, size)
                        .mapToObj(i -> new Validator("hospital-" + i, keys(i).publicKey()))
                        .toList());
    }

    static QuorumCertificate quorum(ValidatorSet set, VoteType type, long height, int round, Integer... signers) {
        byte[] message = VoteBytes.of(CHAIN, set, type, height, round, BLOCK);
        List<byte[]> signatures = new ArrayList<>();
        for (int signer : signers) {
            signatures.add(keys(signer).signer().sign(message));
        }
        return new QuorumCertificate(type, height, round, BLOCK, List.of(signers), signatures);
    }

    static TimeoutVote timeout(ValidatorSet set, long height, int round, int signer, int qcRound) {
        byte[] message = VoteBytes.timeout(CHAIN, set, height, round, qcRound);
        return new TimeoutVote(signer, qcRound, keys(signer).signer().sign(message));
    }

    static BlockHeader header(ValidatorSet set) {
        return new BlockHeader(
                1,
                CHAIN,
                8,
                BLOCK,
                Optional.of(quorum(set, VoteType.COMMIT, 7, 2, 0, 1, 3)),
                hash(0x11),
                hash(0x22),
                hash(0x33),
                set.hash(),
                hash(0x44),
                1_700_000_000_123L,
                2);
    }

    static BlockHeader firstHeader(ValidatorSet set) {
        return new BlockHeader(
                1,
                CHAIN,
                1,
                CHAIN,
                Optional.empty(),
                hash(0x11),
                hash(0x22),
                hash(0x33),
                set.hash(),
                set.hash(),
                1_700_000_000_000L,
                0);
    }
}
