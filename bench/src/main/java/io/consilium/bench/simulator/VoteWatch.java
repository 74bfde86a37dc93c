package io.consilium.bench.simulator;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.Propose;
import io.consilium.proto.Timeout;
import io.consilium.proto.Vote;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every signature that one honest validator ever sent, over all its lives: it sees them leave, so that none is missed.
 *
 * <p>Two votes of one kind for one round and different blocks, two TIMEOUTs of one round that differ, and a TIMEOUT that
 * reports less than a COMMIT it has to remember, must never exist (BFT-1, BFT-3, BFT-5).
 */
final class VoteWatch {
    private static final int KEPT_HEIGHTS = 64;

    private final TreeMap<Long, Height> heights = new TreeMap<>();

    /** One height's signatures. */
    private static final class Height {
        final Map<Long, Hash> blocks = new HashMap<>();
        final TreeMap<Integer, Integer> timeouts = new TreeMap<>();
        final TreeMap<Integer, Hash> commits = new TreeMap<>();
    }

    /** A signature that leaves: what it is, and its bytes. */
    record Signed(long height, int round, VoteType type, byte[] signature) {}

    /** Reads the sender's own signature from a frame; gives nothing for a frame that carries none. */
    Optional<Signed> sent(PeerFrame frame) {
        switch (frame.getFrameCase()) {
            case PROPOSE -> {
                Propose propose = frame.getPropose();
                return signed(
                        VoteType.PROPOSE,
                        propose.getHeight(),
                        propose.getRound(),
                        headerHash(propose),
                        propose.getSignature().toByteArray());
            }
            case VOTE -> {
                Vote vote = frame.getVote();
                return signed(
                        VoteType.fromCode(vote.getType()),
                        vote.getHeight(),
                        vote.getRound(),
                        Hash.of(vote.getBlockHash().toByteArray()),
                        vote.getSignature().toByteArray());
            }
            case TIMEOUT -> {
                return timeout(frame.getTimeout());
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    private Optional<Signed> signed(VoteType type, long h, int r, Hash hash, byte[] signature) {
        Height height = height(h);
        Hash before = height.blocks.putIfAbsent(((long) r << 8) | type.code(), hash);
        if (before != null && !before.equals(hash)) {
            throw new Violation(
                    "CONTRADICTION",
                    type + " of height " + h + ", round " + r + " was signed for " + before.shortHex() + " and for "
                            + hash.shortHex());
        }
        if (type == VoteType.COMMIT) {
            height.commits.put(r, hash);
            height.timeouts.tailMap(r, true).forEach((round, qcRound) -> checkMemory(h, r, round, qcRound));
        }
        return Optional.of(new Signed(h, r, type, signature));
    }

    private Optional<Signed> timeout(Timeout timeout) {
        Height height = height(timeout.getHeight());
        Integer before = height.timeouts.putIfAbsent(timeout.getRound(), timeout.getQcRound());
        if (before != null && before != timeout.getQcRound()) {
            throw new Violation(
                    "CONTRADICTION",
                    "TIMEOUT of height " + timeout.getHeight() + ", round " + timeout.getRound()
                            + " was signed with a prepare QC of round " + before + " and of round "
                            + timeout.getQcRound());
        }
        height.commits
                .headMap(timeout.getRound(), true)
                .keySet()
                .forEach(round -> checkMemory(timeout.getHeight(), round, timeout.getRound(), timeout.getQcRound()));
        return Optional.of(new Signed(
                timeout.getHeight(),
                timeout.getRound(),
                VoteType.TIMEOUT,
                timeout.getSignature().toByteArray()));
    }

    private static void checkMemory(long height, int committed, int round, int qcRound) {
        if (qcRound < committed) {
            throw new Violation(
                    "CONTRADICTION",
                    "a COMMIT of height " + height + ", round " + committed + " and a TIMEOUT of round " + round
                            + " that reports a prepare QC of round " + qcRound + " only");
        }
    }

    private Height height(long height) {
        Height found = heights.computeIfAbsent(height, any -> new Height());
        if (heights.size() > KEPT_HEIGHTS) {
            heights.pollFirstEntry();
        }
        return found;
    }

    private static Hash headerHash(Propose propose) {
        try {
            return BlockHeader.decode(propose.getHeader().toByteArray()).hash();
        } catch (MalformedException malformed) {
            throw new Violation("ENCODING", "an honest proposal cannot be read", malformed);
        }
    }
}
