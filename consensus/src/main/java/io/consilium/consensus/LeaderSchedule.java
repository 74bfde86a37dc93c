package io.consilium.consensus;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The leaders of one height (BFT-12): {@code eligible[(h + r) mod |eligible|]}.
 *
 * <p>Who is eligible follows from headers alone. A header whose parent QC is of round k says that the leaders of rounds
 * 0 to k−1 of the parent's height failed. They are blamed: the newest f blamed are skipped for 64 heights, twice as
 * long each time again, up to 4,096. A record of this travels through certified state, so that every node, also one that
 * starts from a snapshot, computes the same leaders. A record is of one epoch; a changed set starts with nobody blamed.
 *
 * <p>A round k that reaches all eligible leaders blames nobody: that was no leader's fault.
 */
public final class LeaderSchedule {
    static final int FIRST_PENALTY_HEIGHTS = 64;
    static final int MAX_PENALTY_HEIGHTS = 4_096;

    private static final int VERSION = 1;
    private static final int MAX_RECORD_BYTES = 4 * 1024;

    /** @param until the last height at which the validator is skipped */
    private record Blame(int validator, long until, int penaltyHeights) {}

    /**
     * @param skippedBefore who was skipped at the height of the record's own block, needed to blame its leaders
     * @param blames oldest first; those that ended are kept for as long as the longest penalty, for the doubling
     */
    private record Record(long epoch, List<Integer> skippedBefore, List<Blame> blames) {
        static Record none(ValidatorSet set) {
            return new Record(set.epoch(), List.of(), List.of());
        }
    }

    private final int[] eligible;
    private final List<Integer> skipped;

    private LeaderSchedule(ValidatorSet set, List<Integer> skipped) {
        this.skipped = skipped;
        this.eligible = eligible(set, skipped);
    }

    /** The leaders of a height, by the record after the block before it. */
    public static LeaderSchedule of(byte[] record, ValidatorSet set, long height) {
        Record known = decode(record, set).orElse(Record.none(set));
        return new LeaderSchedule(set, skipped(known.blames(), set, height));
    }

    /** The record after a block of the given set: what execution keeps in certified state. */
    public static byte[] next(byte[] record, BlockHeader header, ValidatorSet set) {
        return next(record, header.height(), header.parentQc(), set);
    }

    static byte[] next(byte[] record, long height, Optional<QuorumCertificate> parentQc, ValidatorSet set) {
        Optional<Record> ofParent = decode(record, set);
        Record known = ofParent.orElse(Record.none(set));
        List<Integer> skippedNow = skipped(known.blames(), set, height);
        List<Blame> blames = new ArrayList<>(known.blames());
        blames.removeIf(blame -> blame.until() + MAX_PENALTY_HEIGHTS < height);
        int[] leaders = eligible(set, known.skippedBefore());
        // the first block of an epoch has a parent whose leaders were another set's
        int failed =
                ofParent.isEmpty() ? 0 : parentQc.map(QuorumCertificate::round).orElse(0);
        if (failed < leaders.length) {
            for (int round = 0; round < failed; round++) {
                blame(blames, leaders[index(height - 1, round, leaders.length)], height);
            }
        }
        return encode(new Record(set.epoch(), skippedNow, blames));
    }

    /** Index of the leader of a round in the validator set. */
    public int leader(long height, int round) {
        return eligible[index(height, round, eligible.length)];
    }

    public List<Integer> skipped() {
        return skipped;
    }

    private static int index(long height, int round, int length) {
        return (int) ((height + round) % length);
    }

    private static int[] eligible(ValidatorSet set, List<Integer> skipped) {
        int[] eligible = new int[set.size() - skipped.size()];
        int next = 0;
        for (int validator = 0; validator < set.size(); validator++) {
            if (!skipped.contains(validator)) {
                eligible[next++] = validator;
            }
        }
        return eligible;
    }

    private static void blame(List<Blame> blames, int validator, long height) {
        int penalty = FIRST_PENALTY_HEIGHTS;
        for (int i = blames.size() - 1; i >= 0; i--) {
            if (blames.get(i).validator() == validator) {
                penalty = Math.min(2 * blames.remove(i).penaltyHeights(), MAX_PENALTY_HEIGHTS);
            }
        }
        blames.add(new Blame(validator, height + penalty, penalty));
    }

    /** The newest f that are blamed at the height; never more, so that a quorum of leaders remains. */
    private static List<Integer> skipped(List<Blame> blames, ValidatorSet set, long height) {
        List<Integer> skipped = new ArrayList<>();
        for (int i = blames.size() - 1; i >= 0 && skipped.size() < set.faults(); i--) {
            if (blames.get(i).until() >= height) {
                skipped.add(blames.get(i).validator());
            }
        }
        skipped.sort(Integer::compare);
        return List.copyOf(skipped);
    }

    private static byte[] encode(Record record) {
        CanonicalWriter writer = new CanonicalWriter()
                .writeByte(VERSION)
                .writeLong(record.epoch())
                .writeInt(record.skippedBefore().size());
        record.skippedBefore().forEach(writer::writeByte);
        writer.writeInt(record.blames().size());
        for (Blame blame : record.blames()) {
            writer.writeByte(blame.validator()).writeLong(blame.until()).writeInt(blame.penaltyHeights());
        }
        return writer.toBytes();
    }

    /** Absent at the genesis and after a change of the set. */
    private static Optional<Record> decode(byte[] bytes, ValidatorSet set) {
        if (bytes.length == 0) {
            return Optional.empty();
        }
        try {
            Record record =
                    CanonicalReader.decode(bytes, MAX_RECORD_BYTES, "leader record", reader -> read(reader, set));
            return Optional.of(record).filter(known -> known.epoch() == set.epoch());
        } catch (MalformedException malformed) {
            throw new IllegalStateException(
                    "the leader record in certified state cannot be read: " + malformed.getMessage(), malformed);
        }
    }

    private static Record read(CanonicalReader reader, ValidatorSet set) throws MalformedException {
        int version = reader.readByte();
        if (version != VERSION) {
            throw reader.malformed("version " + version + " is unknown, " + VERSION + " is known");
        }
        long epoch = reader.readLong();
        List<Integer> skippedBefore = new ArrayList<>();
        int skippedCount = reader.readCount(ValidatorSet.MAX_VALIDATORS);
        for (int i = 0; i < skippedCount; i++) {
            skippedBefore.add(reader.readByte());
        }
        List<Blame> blames = new ArrayList<>();
        int blameCount = reader.readCount(ValidatorSet.MAX_VALIDATORS);
        for (int i = 0; i < blameCount; i++) {
            blames.add(new Blame(reader.readByte(), reader.readLong(), reader.readInt()));
        }
        boolean ofThisSet = epoch == set.epoch();
        if (ofThisSet
                && (skippedBefore.size() > set.faults()
                        || skippedBefore.stream().anyMatch(index -> index >= set.size())
                        || blames.stream().anyMatch(blame -> blame.validator() >= set.size()))) {
            throw reader.malformed("it names validators that the set of epoch " + epoch + " does not have");
        }
        return new Record(epoch, skippedBefore, blames);
    }
}
