package io.consilium.ledger;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.proto.EvidenceSubmit;
import io.consilium.proto.TransactionBody;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Signatures of the test chain's validators, put together as evidence, true or not. */
final class Votes {
    private final Hash chainId;
    private final ValidatorSet set;

    Votes(TestChain chain) {
        this(chain.genesis.chainId(), chain.genesis.validators());
    }

    Votes(Hash chainId, ValidatorSet set) {
        this.chainId = chainId;
        this.set = set;
    }

    static Hash block(String name) {
        return Hash.sha256(name.getBytes(StandardCharsets.UTF_8));
    }

    byte[] vote(int signer, VoteType type, long height, int round, Hash block) {
        return sign(signer, VoteBytes.of(chainId, set, type, height, round, block));
    }

    byte[] timeout(int signer, long height, int round, int qcRound) {
        return sign(signer, VoteBytes.timeout(chainId, set, height, round, qcRound));
    }

    private byte[] sign(int signer, byte[] message) {
        return TestChain.key("validator " + set.get(signer).institution())
                .signer()
                .sign(message);
    }

    /** The validator signed both blocks. */
    Evidence twice(VoteType type, int signer, long height, int round, Hash one, Hash other) {
        return new Evidence.Equivocation(
                type,
                set.epoch(),
                height,
                round,
                signer,
                one,
                vote(signer, type, height, round, one),
                other,
                vote(signer, type, height, round, other));
    }

    /** The validator signed this COMMIT and this TIMEOUT. */
    Evidence forgot(int signer, long height, int commitRound, int timeoutRound, int qcRound) {
        Hash block = block("one");
        return new Evidence.Amnesia(
                set.epoch(),
                height,
                signer,
                commitRound,
                block,
                vote(signer, VoteType.COMMIT, height, commitRound, block),
                timeoutRound,
                qcRound,
                timeout(signer, height, timeoutRound, qcRound));
    }

    static Consumer<TransactionBody.Builder> submit(Evidence evidence) {
        return body -> body.setEvidence(EvidenceSubmit.newBuilder().setProof(ByteString.copyFrom(evidence.encode())));
    }
}
