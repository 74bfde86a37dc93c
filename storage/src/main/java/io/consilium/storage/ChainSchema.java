package io.consilium.storage;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.ledger.state.NodeKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Every column family of the chain store and the layout of every key and value in it. Numbers are big-endian, so that
 * the order of bytes is the order of heights.
 *
 * <table>
 *   <caption>Layouts of format {@value #FORMAT_VERSION}</caption>
 *   <tr><th>family</th><th>key</th><th>value</th></tr>
 *   <tr><td>meta</td><td>a name</td><td>see the constants {@code META_…}</td></tr>
 *   <tr><td>blocks</td><td>height 8, part 1</td><td>canonical bytes of that part</td></tr>
 *   <tr><td>txs</td><td>txId 32</td><td>height 8, index 4</td></tr>
 *   <tr><td>nodes</td><td>version 8, nibbles 1, path</td><td>tree node</td></tr>
 *   <tr><td>flat</td><td>state key</td><td>height of the last change 8, value</td></tr>
 *   <tr><td>stale</td><td>height 8</td><td>count 4, node keys (length 4, key): what that height left behind</td></tr>
 *   <tr><td>index</td><td>length of the index's name 1, name, key</td><td>value</td></tr>
 *   <tr><td>events</td><td>height 8</td><td>count 4, events</td></tr>
 *   <tr><td>votes</td><td>height 8, consensus' own suffix</td><td>consensus' own bytes</td></tr>
 *   <tr><td>secrets</td><td>the institution's own key</td><td>sealed bytes</td></tr>
 *   <tr><td>evidence</td><td>height 8, round 4, kind 1, culprit</td><td>the proof's own bytes</td></tr>
 *   <tr><td>default</td><td colspan="2">unused; RocksDB wants it</td></tr>
 * </table>
 *
 * <p>Whatever one block writes of a kind that is only read in a row (receipts, events, stale nodes) is one entry, because
 * the cost of a commit is the number of its entries.
 */
final class ChainSchema {
    static final int FORMAT_VERSION = 4;

    private static final int MAX_INDEX_NAME_BYTES = 64;
    static final int MAX_INDEX_KEY_BYTES = 1024;

    static final byte[] META_FORMAT = ascii("format"); // 4 bytes
    static final byte[] META_CHAIN = ascii("chain"); // chain id, 32 bytes
    static final byte[] META_NODE = ascii("node"); // institution whose node claimed it, UTF-8
    static final byte[] META_GENESIS_ROOT = ascii("genesis-root"); // state root at height 0, 32 bytes
    static final byte[] META_TIP = ascii("tip"); // height 8, block hash 32, state root 32
    static final byte[] META_OLDEST = ascii("oldest"); // oldest version that is not pruned, 8 bytes
    static final byte[] META_VOTES = ascii("votes"); // empty; present where there is a vote record (BFT-16)

    static final byte PART_HEADER = 1;
    static final byte PART_COMMIT_QC = 2;
    static final byte PART_RECEIPTS = 3;
    static final byte PART_BODY = 4;

    private ChainSchema() {}

    /**
     * A column family and how it is kept.
     *
     * @see RocksSettings
     */
    enum Family {
        DEFAULT("default", Lookup.NONE, Content.RANDOM),
        META("meta", Lookup.NONE, Content.RANDOM),
        BLOCKS("blocks", Lookup.RANGES, Content.COMPRESSIBLE),
        TXS("txs", Lookup.POINTS, Content.RANDOM),
        NODES("nodes", Lookup.HITS, Content.RANDOM),
        FLAT("flat", Lookup.POINTS, Content.COMPRESSIBLE),
        STALE("stale", Lookup.RANGES, Content.COMPRESSIBLE),
        INDEX("index", Lookup.RANGES, Content.COMPRESSIBLE),
        EVENTS("events", Lookup.RANGES, Content.COMPRESSIBLE),
        VOTES("votes", Lookup.NONE, Content.RANDOM),
        SECRETS("secrets", Lookup.POINTS, Content.RANDOM),
        EVIDENCE("evidence", Lookup.NONE, Content.RANDOM);

        /** How a family is read, which decides about filters and the size of blocks. */
        enum Lookup {
            /** Small, and read at the start. */
            NONE,
            /** By single keys that are often not there. */
            POINTS,
            /** By single keys that are nearly always there. */
            HITS,
            /** In rows. */
            RANGES
        }

        /** Whether hashes and ciphertext fill it, which no compression makes smaller. */
        enum Content {
            RANDOM,
            COMPRESSIBLE
        }

        private final byte[] bytes;
        private final Lookup lookup;
        private final Content content;

        Family(String name, Lookup lookup, Content content) {
            this.bytes = ascii(name);
            this.lookup = lookup;
            this.content = content;
        }

        byte[] bytes() {
            return bytes.clone();
        }

        Lookup lookup() {
            return lookup;
        }

        Content content() {
            return content;
        }
    }

    static byte[] height(long height) {
        return ByteBuffer.allocate(Long.BYTES).putLong(height).array();
    }

    static long heightOf(byte[] key) {
        return ByteBuffer.wrap(key).getLong();
    }

    static byte[] blockPart(long height, byte part) {
        return ByteBuffer.allocate(Long.BYTES + 1).putLong(height).put(part).array();
    }

    static byte[] location(long height, int index) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(height)
                .putInt(index)
                .array();
    }

    static TxLocation location(byte[] value) throws MalformedException {
        return CanonicalReader.decode(
                value,
                Long.BYTES + Integer.BYTES,
                "place of a transaction",
                reader -> new TxLocation(reader.readLong(), reader.readInt()));
    }

    static byte[] flatValue(long height, byte[] value) {
        return ByteBuffer.allocate(Long.BYTES + value.length)
                .putLong(height)
                .put(value)
                .array();
    }

    /** Height of the last change of a flat value. */
    static long flatHeight(byte[] stored) {
        return heightOf(stored);
    }

    static byte[] flatContent(byte[] stored) {
        return Arrays.copyOfRange(stored, Long.BYTES, stored.length);
    }

    static byte[] stale(List<NodeKey> nodes) {
        CanonicalWriter writer = new CanonicalWriter().writeInt(nodes.size());
        nodes.forEach(node -> writer.writeBytes(node.encode(), NodeKey.MAX_ENCODED_BYTES));
        return writer.toBytes();
    }

    /** Keys in family nodes. */
    static List<byte[]> stale(byte[] value) throws MalformedException {
        return CanonicalReader.decode(value, Integer.MAX_VALUE, "stale tree nodes", reader -> {
            int count = reader.readCount(Integer.MAX_VALUE);
            List<byte[]> nodes = new ArrayList<>(Math.min(count, reader.remaining() / Integer.BYTES));
            for (int i = 0; i < count; i++) {
                nodes.add(reader.readBytes(NodeKey.MAX_ENCODED_BYTES));
            }
            return nodes;
        });
    }

    /** The common start of all keys of an index; throws {@link IllegalArgumentException} for an impossible name. */
    static byte[] indexPrefix(String index, byte[] keyPrefix) {
        byte[] name = index.getBytes(StandardCharsets.US_ASCII);
        if (name.length == 0
                || name.length > MAX_INDEX_NAME_BYTES
                || !new String(name, StandardCharsets.US_ASCII).equals(index)) {
            throw new IllegalArgumentException("the name of an index has 1 to " + MAX_INDEX_NAME_BYTES
                    + " ASCII characters, unlike '" + index + "'");
        }
        if (keyPrefix.length > MAX_INDEX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "the key of an index has at most " + MAX_INDEX_KEY_BYTES + " bytes, not " + keyPrefix.length);
        }
        return ByteBuffer.allocate(1 + name.length + keyPrefix.length)
                .put((byte) name.length)
                .put(name)
                .put(keyPrefix)
                .array();
    }

    static byte[] indexKeyOf(String index, byte[] stored) {
        return Arrays.copyOfRange(stored, 1 + index.length(), stored.length);
    }

    static byte[] tip(ChainTip tip) {
        return new CanonicalWriter()
                .writeLong(tip.height())
                .writeHash(tip.blockHash())
                .writeHash(tip.stateRoot())
                .toBytes();
    }

    static ChainTip tip(byte[] value) throws MalformedException {
        return CanonicalReader.decode(
                value,
                Long.BYTES + 2 * Hash.LENGTH,
                "tip",
                reader -> new ChainTip(reader.readLong(), reader.readHash(), reader.readHash()));
    }

    /** The least key above all that start with the prefix; empty where the prefix is nothing but 0xff. */
    static Optional<byte[]> above(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xff) {
                byte[] above = Arrays.copyOf(prefix, i + 1);
                above[i]++;
                return Optional.of(above);
            }
        }
        return Optional.empty();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
