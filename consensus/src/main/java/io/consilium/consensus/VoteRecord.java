package io.consilium.consensus;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The durable record of what this validator signed at undecided heights, and the layout of its entries.
 *
 * <p>A key is the height (8 bytes, big-endian), a kind (1 byte) and, where a height has several, the round (4 bytes) or
 * the block hash. Blocks stand once, however many votes refer to them; the latest TIMEOUT, the highest prepare QC and
 * the highest TC overwrite the ones before.
 */
public final class VoteRecord {
    /** The largest body that a record holds. */
    public static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

    private static final int SILENT = 0;
    private static final int BLOCK = 1;
    private static final int TIMEOUT = 5;
    private static final int PREPARE_QC = 6;
    private static final int TIMEOUT_CERTIFICATE = 7;
    private static final int MAX_KEY_BYTES = Long.BYTES + 1 + Hash.LENGTH;

    private final TreeMap<Long, HeightVotes> heights = new TreeMap<>();
    private long silentThrough;

    /** The record that the genesis ceremony writes: nothing signed yet. */
    public static VoteRecord empty() {
        return new VoteRecord();
    }

    /** Reads what {@link Effect.Persist} wrote, in any order. */
    public static VoteRecord of(List<VoteEntry> entries) throws MalformedException {
        return of(entries::forEach);
    }

    /**
     * The same of entries that are handed over one by one, twice: a height that stood for long has more blocks than there
     * is memory.
     */
    public static VoteRecord of(Consumer<Consumer<VoteEntry>> entries) throws MalformedException {
        VoteRecord record = new VoteRecord();
        record.read(entries, entry -> !isBlock(entry));
        record.read(entries, VoteRecord::isBlock); // last: of many blocks, those that are needed must not go
        return record;
    }

    private void read(Consumer<Consumer<VoteEntry>> entries, Predicate<VoteEntry> wanted) throws MalformedException {
        List<MalformedException> faults = new ArrayList<>();
        entries.accept(entry -> {
            try {
                if (faults.isEmpty() && wanted.test(entry)) {
                    read(entry);
                }
            } catch (MalformedException fault) {
                faults.add(fault);
            }
        });
        if (!faults.isEmpty()) {
            throw faults.get(0);
        }
    }

    /**
     * The entry that lets a validator without its record vote again above a height: written by an observer that heard
     * from a quorum, or by an operator's signed order, never otherwise (BFT-16).
     */
    public static VoteEntry silentThrough(long height) {
        return new VoteEntry(key(height, SILENT).toBytes(), new byte[0]);
    }

    private static boolean isBlock(VoteEntry entry) {
        return entry.key().length > Long.BYTES && entry.key()[Long.BYTES] == BLOCK;
    }

    long silentThrough() {
        return silentThrough;
    }

    /** The votes of a height; those of lower heights are forgotten, since they are decided. */
    HeightVotes enter(long height) {
        heights.headMap(height, false).clear();
        return heights.computeIfAbsent(height, any -> new HeightVotes());
    }

    static VoteEntry block(long height, Hash hash, ProposedBlock block) {
        return new VoteEntry(
                key(height, BLOCK).writeHash(hash).toBytes(),
                new CanonicalWriter()
                        .writeBytes(block.header().encode(), BlockHeader.MAX_ENCODED_BYTES)
                        .writeBytes(block.body(), MAX_BODY_BYTES)
                        .toBytes());
    }

    static VoteEntry vote(VoteType type, long height, int round, HeightVotes.SignedBlock signed) {
        return new VoteEntry(
                key(height, 1 + type.code()).writeInt(round).toBytes(),
                new CanonicalWriter()
                        .writeHash(signed.blockHash())
                        .writeFixed(signed.signature())
                        .toBytes());
    }

    static VoteEntry timeout(long height, HeightVotes.SignedTimeout signed) {
        CanonicalWriter value = new CanonicalWriter()
                .writeInt(signed.round())
                .writeInt(signed.qcRound())
                .writeFixed(signed.signature())
                .writeFlag(signed.highestQc().isPresent());
        signed.highestQc().ifPresent(qc -> qc.write(value));
        return new VoteEntry(key(height, TIMEOUT).toBytes(), value.toBytes());
    }

    static VoteEntry prepareQc(QuorumCertificate qc) {
        return new VoteEntry(key(qc.height(), PREPARE_QC).toBytes(), qc.encode());
    }

    static VoteEntry timeoutCertificate(TimeoutCertificate tc) {
        return new VoteEntry(key(tc.height(), TIMEOUT_CERTIFICATE).toBytes(), tc.encode());
    }

    private static CanonicalWriter key(long height, int kind) {
        return new CanonicalWriter().writeLong(height).writeByte(kind);
    }

    private void read(VoteEntry entry) throws MalformedException {
        CanonicalReader key = new CanonicalReader(entry.key(), "vote record key");
        if (entry.key().length > MAX_KEY_BYTES) {
            throw key.malformed("it has " + entry.key().length + " bytes");
        }
        long height = key.readLong();
        int kind = key.readByte();
        if (kind == SILENT) {
            silentThrough = Math.max(silentThrough, height);
        } else {
            readVote(heights.computeIfAbsent(height, any -> new HeightVotes()), height, kind, key, entry.value());
        }
        key.end();
    }

    private static void readVote(HeightVotes votes, long height, int kind, CanonicalReader key, byte[] value)
            throws MalformedException {
        switch (kind) {
            case BLOCK -> readBlock(votes, height, key.readHash(), value);
            case TIMEOUT -> votes.timeout(readTimeout(value));
            case PREPARE_QC -> {
                QuorumCertificate qc = QuorumCertificate.decode(value);
                requireHeight(height, qc.height(), key);
                votes.prepareQc(qc);
            }
            case TIMEOUT_CERTIFICATE -> {
                TimeoutCertificate tc = TimeoutCertificate.decode(value);
                requireHeight(height, tc.height(), key);
                votes.timeoutCertificate(tc);
            }
            default -> {
                VoteType type = votedType(kind, key);
                votes.sign(type, key.readInt(), readSigned(value));
            }
        }
    }

    private static VoteType votedType(int kind, CanonicalReader key) throws MalformedException {
        if (kind < 1 + VoteType.PROPOSE.code() || kind > 1 + VoteType.COMMIT.code()) {
            throw key.malformed("kind " + kind + " is unknown");
        }
        return VoteType.fromCode(kind - 1);
    }

    private static void requireHeight(long expected, long found, CanonicalReader key) throws MalformedException {
        if (expected != found) {
            throw key.malformed("it is of height " + expected + ", its value of height " + found);
        }
    }

    private static void readBlock(HeightVotes votes, long height, Hash hash, byte[] value) throws MalformedException {
        ProposedBlock block = CanonicalReader.decode(
                value,
                BlockHeader.MAX_ENCODED_BYTES + MAX_BODY_BYTES + 2 * Integer.BYTES,
                "block in the vote record",
                reader -> new ProposedBlock(
                        BlockHeader.decode(reader.readBytes(BlockHeader.MAX_ENCODED_BYTES)),
                        reader.readBytes(MAX_BODY_BYTES)));
        if (block.header().height() != height || !block.header().hash().equals(hash)) {
            throw new MalformedException("a block in the vote record is not the one its key names, height " + height);
        }
        votes.hold(hash, block);
    }

    private static HeightVotes.SignedBlock readSigned(byte[] value) throws MalformedException {
        return CanonicalReader.decode(
                value,
                Hash.LENGTH + QuorumCertificate.SIGNATURE_BYTES,
                "vote in the vote record",
                reader -> new HeightVotes.SignedBlock(
                        reader.readHash(), reader.readFixed(QuorumCertificate.SIGNATURE_BYTES)));
    }

    private static HeightVotes.SignedTimeout readTimeout(byte[] value) throws MalformedException {
        return CanonicalReader.decode(
                value,
                128 + QuorumCertificate.MAX_ENCODED_BYTES,
                "TIMEOUT in the vote record",
                reader -> new HeightVotes.SignedTimeout(
                        reader.readInt(),
                        reader.readInt(),
                        reader.readFixed(QuorumCertificate.SIGNATURE_BYTES),
                        reader.readFlag() ? Optional.of(QuorumCertificate.read(reader)) : Optional.empty()));
    }
}
