package io.consilium.ledger.state;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import java.util.Arrays;

/**
 * The name of a stored tree node: the version (block height) that wrote it, and its place as a path of nibbles from the
 * root. A branch has 0 to 63 nibbles. A leaf has all 64 of its key's path wherever it hangs, so that it stays where it
 * is when a neighbour pushes it down. The version comes first, so that a store sees nearly sequential writes.
 */
public final class NodeKey implements Comparable<NodeKey> {
    public static final int LEAF_NIBBLES = 2 * Hash.LENGTH;
    public static final int MAX_ENCODED_BYTES = Long.BYTES + 1 + Hash.LENGTH;

    private final long version;
    private final Place place;

    private NodeKey(long version, int nibbles, byte[] packed) {
        if (version < 0) {
            throw new IllegalArgumentException("a tree version is not negative, this one is " + version);
        }
        this.version = version;
        this.place = new Place(nibbles, packed);
    }

    /** Where a node stands, whichever version wrote it; ordered by depth first. */
    public static final class Place implements Comparable<Place> {
        private final int nibbles;
        private final byte[] packed;

        private Place(int nibbles, byte[] packed) {
            this.nibbles = nibbles;
            this.packed = packed;
        }

        @Override
        public int compareTo(Place other) {
            int byLength = Integer.compare(nibbles, other.nibbles);
            return byLength != 0 ? byLength : Arrays.compareUnsigned(packed, other.packed);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Place place && nibbles == place.nibbles && Arrays.equals(packed, place.packed);
        }

        /** Mixed well: paths are short, so that 31s would let most places of a cache collide. */
        @Override
        public int hashCode() {
            long mixed = nibbles * 0x9E3779B97F4A7C15L;
            for (byte each : packed) {
                mixed = (mixed ^ each) * 0x100000001B3L;
            }
            return Long.hashCode(mixed * 0x9E3779B97F4A7C15L);
        }
    }

    /** The node at the first {@code nibbles} half-bytes of the path. */
    public static NodeKey of(long version, Hash path, int nibbles) {
        if (nibbles < 0 || nibbles > LEAF_NIBBLES) {
            throw new IllegalArgumentException("a tree path has 0 to 64 nibbles, not " + nibbles);
        }
        byte[] packed = path.first((nibbles + 1) / 2);
        if ((nibbles & 1) == 1) {
            packed[packed.length - 1] &= (byte) 0xf0;
        }
        return new NodeKey(version, nibbles, packed);
    }

    public static NodeKey root(long version) {
        return of(version, Hash.ZERO, 0);
    }

    static NodeKey leaf(long version, Hash path) {
        return of(version, path, LEAF_NIBBLES);
    }

    public long version() {
        return version;
    }

    public int nibbles() {
        return place.nibbles;
    }

    public Place place() {
        return place;
    }

    /** Version in 8 bytes, number of nibbles in one, then the nibbles, two a byte. */
    public byte[] encode() {
        return new CanonicalWriter(Long.BYTES + 1 + place.packed.length)
                .writeLong(version)
                .writeByte(place.nibbles)
                .writeFixed(place.packed)
                .toBytes();
    }

    public static NodeKey decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "tree node key", NodeKey::read);
    }

    private static NodeKey read(CanonicalReader reader) throws MalformedException {
        long version = reader.readLong();
        int nibbles = reader.readByte();
        if (nibbles > LEAF_NIBBLES) {
            throw reader.malformed("a tree path of " + nibbles + " nibbles, at most 64 are possible");
        }
        byte[] packed = reader.readFixed((nibbles + 1) / 2);
        if ((nibbles & 1) == 1 && (packed[packed.length - 1] & 0x0f) != 0) {
            throw reader.malformed("half a byte after the last nibble that is not zero");
        }
        return new NodeKey(version, nibbles, packed);
    }

    @Override
    public int compareTo(NodeKey other) {
        int byVersion = Long.compare(version, other.version);
        return byVersion != 0 ? byVersion : place.compareTo(other.place);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeKey key && version == key.version && place.equals(key.place);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(version * 0x9E3779B97F4A7C15L) ^ place.hashCode();
    }

    @Override
    public String toString() {
        return "NodeKey[version=" + version + ", nibbles=" + place.nibbles + "]";
    }
}
