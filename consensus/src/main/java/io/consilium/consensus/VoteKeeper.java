package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.TimeoutVote;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The verified votes of one height: of each validator the PREPARE, the COMMIT and the TIMEOUT of its highest round.
 * Bounded by the size of the set, whatever a faulty validator sends.
 */
final class VoteKeeper {
    /** A verified TIMEOUT with a verified prepare QC of the round that it reports. */
    private record ReportedTimeout(Message.Timeout message, Optional<QuorumCertificate> highestQc) {}

    private final int quorum;
    private final Message.@Nullable Vote[] prepares;
    private final Message.@Nullable Vote[] commits;
    private final @Nullable ReportedTimeout[] timeouts;

    VoteKeeper(ValidatorSet set) {
        quorum = set.quorum();
        prepares = new Message.Vote[set.size()];
        commits = new Message.Vote[set.size()];
        timeouts = new ReportedTimeout[set.size()];
    }

    Optional<Message.Vote> vote(VoteType type, int signer) {
        return Optional.ofNullable(of(type)[signer]);
    }

    Optional<Message.Timeout> timeout(int signer) {
        return Optional.ofNullable(timeouts[signer]).map(ReportedTimeout::message);
    }

    void keep(Message.Vote vote) {
        of(vote.type())[vote.signer()] = vote;
    }

    void keep(Message.Timeout timeout, Optional<QuorumCertificate> highestQc) {
        timeouts[timeout.signer()] = new ReportedTimeout(timeout, highestQc);
    }

    private Message.@Nullable Vote[] of(VoteType type) {
        return type == VoteType.PREPARE ? prepares : commits;
    }

    /** A certificate of exactly q votes for the block, the lowest indexes first, once there are so many. */
    Optional<QuorumCertificate> certificate(VoteType type, long height, int round, Hash blockHash) {
        List<Integer> signers = new ArrayList<>();
        List<byte[]> signatures = new ArrayList<>();
        for (Message.@Nullable Vote vote : of(type)) {
            if (vote != null
                    && vote.round() == round
                    && vote.blockHash().equals(blockHash)
                    && signers.size() < quorum) {
                signers.add(vote.signer());
                signatures.add(vote.signature());
            }
        }
        return signers.size() < quorum
                ? Optional.empty()
                : Optional.of(new QuorumCertificate(type, height, round, blockHash, signers, signatures));
    }

    /** How many validators gave up on the round or on a later one. */
    int timeoutsFrom(int round) {
        int count = 0;
        for (@Nullable ReportedTimeout kept : timeouts) {
            if (kept != null && kept.message().round() >= round) {
                count++;
            }
        }
        return count;
    }

    /** A TC of the round from {@code needed} TIMEOUTs, the lowest indexes first, once there are so many. */
    Optional<TimeoutCertificate> timeoutCertificate(long height, int round, int needed) {
        List<TimeoutVote> votes = new ArrayList<>();
        Optional<QuorumCertificate> highestQc = Optional.empty();
        for (@Nullable ReportedTimeout kept : timeouts) {
            if (kept != null && kept.message().round() == round && votes.size() < needed) {
                Message.Timeout message = kept.message();
                votes.add(new TimeoutVote(message.signer(), message.qcRound(), message.signature()));
                if (message.qcRound() > highestQc.map(QuorumCertificate::round).orElse(VoteBytes.NO_QC)) {
                    highestQc = kept.highestQc();
                }
            }
        }
        return votes.size() < needed
                ? Optional.empty()
                : Optional.of(new TimeoutCertificate(height, round, votes, highestQc));
    }
}
