package io.consilium.node.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleTree;
import io.consilium.proto.BlockBody;
import java.util.ArrayList;
import java.util.List;

/** What consensus must know of a body that is opaque to it (BFT-13). */
public final class BlockBodies {
    private BlockBodies() {}

    /** The Merkle leaf hashes of a body's transactions, in order. */
    public static List<Hash> leafHashes(byte[] body) {
        try {
            BlockBody decoded = BlockBody.parseFrom(body);
            List<Hash> leaves = new ArrayList<>(decoded.getTransactionsCount());
            for (ByteString transaction : decoded.getTransactionsList()) {
                leaves.add(MerkleTree.leafHash(transaction.toByteArray()));
            }
            return leaves;
        } catch (InvalidProtocolBufferException malformed) {
            throw new IllegalStateException("a body that was executed before does not decode", malformed);
        }
    }
}
