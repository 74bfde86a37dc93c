package io.consilium.ledger.proof;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.Verifier;
import io.consilium.ledger.proof.ProofFault.Kind;
import java.util.Arrays;
import java.util.Optional;

/**
 * One transaction and its outcome, with everything that proves them to somebody who holds the genesis (INT-1).
 *
 * @param transaction full signed bytes, a leaf of the header's transactions root
 * @param receipt bytes of the outcome, the leaf at the same place of the header's receipts root
 */
public record ReceiptProof(
        byte[] transaction, MerklePath transactionPath, byte[] receipt, MerklePath receiptPath, CertifiedHeader block) {
    /** A transaction of 256 KiB (TX-6) with room for its envelope. */
    public static final int MAX_TRANSACTION_BYTES = 260 * 1024;

    public static final int MAX_RECEIPT_BYTES = 64 * 1024;
    public static final int MAX_ENCODED_BYTES = 4 * 1024 * 1024;

    public ReceiptProof {
        transaction = transaction.clone();
        receipt = receipt.clone();
    }

    @Override
    public byte[] transaction() {
        return transaction.clone();
    }

    @Override
    public byte[] receipt() {
        return receipt.clone();
    }

    /** Empty when both leaves stand in a block that the chain certified; their contents are the caller's to read. */
    public Optional<ProofFault> check(TrustRoot root, Verifier verifier) {
        if (!transactionPath.sameTurns(receiptPath)) {
            return mismatch("the transaction and the receipt stand at different places of the block");
        }
        if (!transactionPath
                .root(MerkleTree.leafHash(transaction))
                .equals(block.header().transactionsRoot())) {
            return mismatch("the transaction is not in block " + block.header().height());
        }
        if (!receiptPath
                .root(MerkleTree.leafHash(receipt))
                .equals(block.header().receiptsRoot())) {
            return mismatch("the receipt is not in block " + block.header().height());
        }
        return root.check(block, verifier);
    }

    private static Optional<ProofFault> mismatch(String reason) {
        return Optional.of(new ProofFault(Kind.MISMATCH, reason));
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter();
        writer.writeBytes(transaction, MAX_TRANSACTION_BYTES);
        transactionPath.write(writer);
        writer.writeBytes(receipt, MAX_RECEIPT_BYTES);
        receiptPath.write(writer);
        block.write(writer);
        return writer.toBytes();
    }

    public static ReceiptProof decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "receipt proof", ReceiptProof::read);
    }

    private static ReceiptProof read(CanonicalReader reader) throws MalformedException {
        return new ReceiptProof(
                reader.readBytes(MAX_TRANSACTION_BYTES),
                MerklePath.read(reader),
                reader.readBytes(MAX_RECEIPT_BYTES),
                MerklePath.read(reader),
                CertifiedHeader.read(reader));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReceiptProof proof && Arrays.equals(encode(), proof.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(receipt);
    }

    @Override
    public String toString() {
        return "ReceiptProof[block " + block.header().height() + ", " + transaction.length + " bytes]";
    }
}
