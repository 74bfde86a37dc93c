package io.consilium.ledger.block;

import com.google.protobuf.UnsafeByteOperations;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.ledger.tx.CanonicalMessages;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.BlockBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A block's transactions in their order, and the body bytes that carry them. */
public record BlockTransactions(List<ParsedTransaction> transactions) {
    /** More than any chain's parameters may allow. */
    public static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

    /** Finds transactions that the caller has parsed already, by the hash of their full signed bytes. */
    @FunctionalInterface
    public interface Known {
        Optional<ParsedTransaction> find(Hash leafHash);
    }

    public BlockTransactions {
        transactions = List.copyOf(transactions);
    }

    public byte[] encode() {
        BlockBody.Builder body = BlockBody.newBuilder();
        for (ParsedTransaction transaction : transactions) {
            body.addTransactions(UnsafeByteOperations.unsafeWrap(transaction.signedBytes()));
        }
        return body.build().toByteArray();
    }

    /** Reads a body strictly and parses what the caller does not know. */
    public static BlockTransactions decode(byte[] body, Known known) throws MalformedException {
        BlockBody message = CanonicalMessages.parse(BlockBody.parser(), body, MAX_BODY_BYTES, "block body");
        List<ParsedTransaction> transactions = new ArrayList<>(message.getTransactionsCount());
        for (int i = 0; i < message.getTransactionsCount(); i++) {
            byte[] signedBytes = message.getTransactions(i).toByteArray();
            Optional<ParsedTransaction> found = known.find(MerkleTree.leafHash(signedBytes));
            transactions.add(found.isPresent() ? found.get() : parse(signedBytes, i));
        }
        return new BlockTransactions(transactions);
    }

    public static BlockTransactions decode(byte[] body) throws MalformedException {
        return decode(body, leafHash -> Optional.empty());
    }

    private static ParsedTransaction parse(byte[] signedBytes, int index) throws MalformedException {
        try {
            return ParsedTransaction.parse(signedBytes);
        } catch (MalformedTransaction malformed) {
            throw new MalformedException("block body: transaction " + index + ": " + malformed.getMessage(), malformed);
        }
    }

    /** transactionsRoot of the block; its leaves hash the full signed bytes (TX-1). */
    public Hash root() {
        return MerkleTree.root(leafHashes());
    }

    public List<Hash> leafHashes() {
        return transactions.stream().map(ParsedTransaction::leafHash).toList();
    }
}
