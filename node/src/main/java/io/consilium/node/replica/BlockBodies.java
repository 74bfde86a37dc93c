package io.consilium.node.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.proto.BlockBody;
import java.util.ArrayList;
import java.util.List;

/** What consensus must know of a body that is opaque to it (BFT-13). */
public final class BlockBodies {
    private BlockBodies() {}

    /** The Merkle leaf hashes of a body's transactions, in order. */
    public static List<Hash> leafHashes(byte[] body) {
        try {
            return leaves(BlockBody.parseFrom(body));
        } catch (InvalidProtocolBufferException malformed) {
            throw new IllegalStateException("a body that was executed before does not decode", malformed);
        }
    }

    /** Whether the header's transactions root commits to the body; a body that does not decode belongs to none. */
    static boolean isBodyOf(BlockHeader header, byte[] body) {
        try {
            return MerkleTree.root(leaves(BlockBody.parseFrom(body))).equals(header.transactionsRoot());
        } catch (InvalidProtocolBufferException malformed) {
            return false;
        }
    }

    private static List<Hash> leaves(BlockBody body) {
        List<Hash> leaves = new ArrayList<>(body.getTransactionsCount());
        for (ByteString transaction : body.getTransactionsList()) {
            leaves.add(MerkleTree.leafHash(transaction.toByteArray()));
        }
        return leaves;
    }
}
