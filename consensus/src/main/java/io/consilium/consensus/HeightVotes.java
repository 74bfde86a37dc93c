package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.VoteType;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What this validator signed at one height, and what it must hold because it signed. Owned by the deciding thread. */
final class HeightVotes {
    /** A signature for a block in a round. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record SignedBlock(Hash blockHash, byte[] signature) {}

    /** A signed TIMEOUT with the prepare QC that it reports. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record SignedTimeout(int round, int qcRound, byte[] signature, Optional<QuorumCertificate> highestQc) {}

    private final TreeMap<Integer, SignedBlock> proposals = new TreeMap<>();
    private final TreeMap<Integer, SignedBlock> prepares = new TreeMap<>();
    private final TreeMap<Integer, SignedBlock> commits = new TreeMap<>();
    private final Map<Hash, ProposedBlock> blocks = new LinkedHashMap<>();
    private Optional<SignedTimeout> timeout = Optional.empty();
    private Optional<QuorumCertificate> prepareQc = Optional.empty();
    private Optional<TimeoutCertificate> timeoutCertificate = Optional.empty();

    private TreeMap<Integer, SignedBlock> of(VoteType type) {
        return switch (type) {
            case PROPOSE -> proposals;
            case PREPARE -> prepares;
            case COMMIT -> commits;
            case TIMEOUT -> throw new IllegalArgumentException("a TIMEOUT names no block");
        };
    }

    Optional<SignedBlock> signed(VoteType type, int round) {
        return Optional.ofNullable(of(type).get(round));
    }

    void sign(VoteType type, int round, SignedBlock signed) {
        of(type).put(round, signed);
    }

    /** The highest round in which this type was signed, or -1. */
    int highestRound(VoteType type) {
        return of(type).isEmpty() ? -1 : of(type).lastKey();
    }

    Optional<SignedTimeout> timeout() {
        return timeout;
    }

    /** Rounds up to the timed out one are closed for ever, so their votes need not be remembered (BFT-1, BFT-2). */
    void timeout(SignedTimeout signed) {
        timeout = Optional.of(signed);
        proposals.headMap(signed.round(), false).clear();
        prepares.headMap(signed.round(), false).clear();
        commits.headMap(signed.round(), false).clear();
    }

    int timeoutRound() {
        return timeout.map(SignedTimeout::round).orElse(-1);
    }

    Optional<QuorumCertificate> prepareQc() {
        return prepareQc;
    }

    void prepareQc(QuorumCertificate qc) {
        prepareQc = Optional.of(qc);
    }

    Optional<TimeoutCertificate> timeoutCertificate() {
        return timeoutCertificate;
    }

    void timeoutCertificate(TimeoutCertificate tc) {
        timeoutCertificate = Optional.of(tc);
    }

    Map<Hash, ProposedBlock> blocks() {
        return blocks;
    }

    /**
     * True if the block is new to the record, or came with another body before, which may have been wrong. In memory the
     * oldest goes when there are many, unless a prepare QC or a vote of a round that is not closed names it. On disk all
     * stay until the height is decided: of a closed round a prepare QC may turn up that only others know of.
     */
    boolean hold(Hash hash, ProposedBlock block) {
        ProposedBlock known = blocks.put(hash, block);
        boolean isNew = known == null || !Arrays.equals(known.body(), block.body());
        Iterator<Hash> oldest = blocks.keySet().iterator();
        while (blocks.size() > HeightState.MAX_BLOCKS && oldest.hasNext()) {
            Hash candidate = oldest.next();
            if (!candidate.equals(hash) && !isNamed(candidate)) {
                oldest.remove();
            }
        }
        return isNew;
    }

    private boolean isNamed(Hash hash) {
        return prepareQc.filter(qc -> qc.blockHash().equals(hash)).isPresent()
                || Stream.of(proposals, prepares, commits)
                        .flatMap(signed -> signed.values().stream())
                        .anyMatch(signed -> signed.blockHash().equals(hash));
    }

    /** The round in which a validator that signed all this stands at the least. */
    int round() {
        int round = Math.max(timeoutRound(), highestRound(VoteType.PROPOSE));
        round = Math.max(round, highestRound(VoteType.PREPARE));
        round = Math.max(round, highestRound(VoteType.COMMIT));
        round = Math.max(round, prepareQc.map(QuorumCertificate::round).orElse(0));
        return Math.max(round, timeoutCertificate.map(tc -> tc.round() + 1).orElse(0));
    }

    /** Some vote of this round was signed. */
    boolean votedIn(int round) {
        return prepares.containsKey(round)
                || commits.containsKey(round)
                || proposals.containsKey(round)
                || timeoutRound() == round;
    }
}
