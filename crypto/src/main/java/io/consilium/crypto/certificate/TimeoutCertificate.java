package io.consilium.crypto.certificate;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A quorum of TIMEOUTs for one height and round, with the prepare QC of the highest round that any of them reports
 * (BFT-1). That QC is absent exactly when no vote reports one.
 */
public record TimeoutCertificate(
        long height, int round, List<TimeoutVote> votes, Optional<QuorumCertificate> highestQc) {
    public static final int MAX_ENCODED_BYTES = 20 * 1024;

    public TimeoutCertificate {
        if (height < 1 || round < 0) {
            throw new IllegalArgumentException("there is no certificate for height " + height + ", round " + round);
        }
        votes = List.copyOf(votes);
        QuorumCertificate.requireAscending(
                votes.stream().map(TimeoutVote::signer).toList());
        int highest = votes.stream().mapToInt(TimeoutVote::qcRound).max().orElse(VoteBytes.NO_QC);
        if (highest > round) {
            throw new IllegalArgumentException("a TIMEOUT of round " + round + " cannot report round " + highest);
        }
        int carried = highestQc.map(QuorumCertificate::round).orElse(VoteBytes.NO_QC);
        if (carried != highest) {
            throw new IllegalArgumentException("the votes of a timeout certificate report round " + highest
                    + ", its certificate is of round " + carried);
        }
        long timedOut = height;
        highestQc.ifPresent(qc -> {
            if (qc.type() != VoteType.PREPARE || qc.height() != timedOut) {
                throw new IllegalArgumentException("a timeout certificate of height " + timedOut
                        + " carries a PREPARE certificate of that height, not " + qc);
            }
        });
    }

    /** The highest round that a vote reports, or {@link VoteBytes#NO_QC}. */
    public int highestQcRound() {
        return highestQc.map(QuorumCertificate::round).orElse(VoteBytes.NO_QC);
    }

    /** True when exactly q validators of the set signed, every signature is valid, and so is the prepare QC. */
    public boolean verify(Hash chainId, ValidatorSet set, Verifier verifier) {
        if (votes.size() != set.quorum() || votes.get(votes.size() - 1).signer() >= set.size()) {
            return false;
        }
        for (TimeoutVote vote : votes) {
            byte[] message = VoteBytes.timeout(chainId, set, height, round, vote.qcRound());
            if (!verifier.verify(set.get(vote.signer()).key(), message, vote.signature())) {
                return false;
            }
        }
        return highestQc.map(qc -> qc.verify(chainId, set, verifier)).orElse(true);
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter();
        write(writer);
        return writer.toBytes();
    }

    public void write(CanonicalWriter writer) {
        writer.writeLong(height).writeInt(round).writeInt(votes.size());
        for (TimeoutVote vote : votes) {
            writer.writeByte(vote.signer()).writeInt(vote.qcRound()).writeFixed(vote.signature());
        }
        writer.writeFlag(highestQc.isPresent());
        highestQc.ifPresent(qc -> qc.write(writer));
    }

    public static TimeoutCertificate decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "timeout certificate", TimeoutCertificate::read);
    }

    public static TimeoutCertificate read(CanonicalReader reader) throws MalformedException {
        long height = reader.readLong();
        int round = reader.readInt();
        int count = reader.readCount(ValidatorSet.MAX_VALIDATORS);
        List<TimeoutVote> votes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            votes.add(new TimeoutVote(
                    reader.readByte(), reader.readInt(), reader.readFixed(QuorumCertificate.SIGNATURE_BYTES)));
        }
        Optional<QuorumCertificate> highestQc =
                reader.readFlag() ? Optional.of(QuorumCertificate.read(reader)) : Optional.empty();
        return new TimeoutCertificate(height, round, votes, highestQc);
    }
}
