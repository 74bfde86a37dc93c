package io.consilium.node.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.proto.BlockBody;
import io.consilium.proto.WireValues;
import java.util.ArrayList;
import java.util.List;

/** What consensus must know of a body that is opaque to it (BFT-13). */
public final class BlockBodies {
    private BlockBodies() {}

    /** The Merkle leaf hashes of a body's transactions, in order. */
    public static List<Hash> leafHashes(byte[] body) {
        try {
            return leaves(parse(body));
        } catch (InvalidProtocolBufferException malformed) {
            throw new IllegalStateException("a body that was executed before does not decode", malformed);
        }
    }

    /** Whether the header's transactions root commits to the body; a body that does not decode belongs to none. */
    static boolean isBodyOf(BlockHeader header, byte[] body) {
        try {
            return MerkleTree.root(leaves(parse(body))).equals(header.transactionsRoot());
        } catch (InvalidProtocolBufferException malformed) {
            return false;
        }
    }

    /** The body, whose transactions are counted before it is built. */
    static BlockBody parse(byte[] body) throws InvalidProtocolBufferException {
        if (WireValues.count(body, BlockBody.getDescriptor(), MessageFrames.MAX_TRANSACTION_HASHES)
                > MessageFrames.MAX_TRANSACTION_HASHES) {
            throw new InvalidProtocolBufferException(
                    "it holds more than " + MessageFrames.MAX_TRANSACTION_HASHES + " transactions");
        }
        return BlockBody.parseFrom(body);
    }

    private static List<Hash> leaves(BlockBody body) {
        List<Hash> leaves = new ArrayList<>(body.getTransactionsCount());
        for (ByteString transaction : body.getTransactionsList()) {
            leaves.add(MerkleTree.leafHash(transaction.toByteArray()));
        }
        return leaves;
    }
}
