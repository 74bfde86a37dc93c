package io.consilium.ledger.block;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.ledger.tx.CanonicalMessages;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.TransactionReceipt;
import java.util.Arrays;
import java.util.List;

/** The certified outcome of one transaction (TX-5): a leaf under receiptsRoot. */
public final class Receipt {
    public static final int MAX_BYTES = 8 * 1024;

    private final TransactionReceipt message;
    private final byte[] bytes;

    private Receipt(TransactionReceipt message, byte[] bytes) {
        this.message = message;
        this.bytes = bytes;
    }

    public static Receipt of(Hash txId, long height, int index, Outcome outcome) {
        TransactionReceipt.Builder builder = TransactionReceipt.newBuilder()
                .setTxId(ByteString.copyFrom(txId.toBytes()))
                .setHeight(height)
                .setIndex(index)
                .addAllObjectIds(outcome.objects())
                .setDecision(outcome.decision());
        if (outcome instanceof Outcome.Refused refused) {
            builder.setStatus(ReceiptStatus.REFUSED)
                    .setCode(refused.rejection().code())
                    .setRule(refused.rejection().rule());
        } else if (outcome instanceof Outcome.Applied applied) {
            builder.setStatus(ReceiptStatus.APPLIED).setCode("OK").setObjectVersion(applied.version());
        }
        TransactionReceipt message = builder.build();
        return new Receipt(message, message.toByteArray());
    }

    /** Strict: refuses unknown fields and every other spelling of the same receipt. */
    public static Receipt decode(byte[] bytes) throws MalformedException {
        TransactionReceipt message = CanonicalMessages.parse(TransactionReceipt.parser(), bytes, MAX_BYTES, "receipt");
        if (message.getTxId().size() != Hash.LENGTH) {
            throw new MalformedException("receipt: a transaction id has 32 bytes");
        }
        boolean known = message.getStatus() == ReceiptStatus.APPLIED || message.getStatus() == ReceiptStatus.REFUSED;
        if (!known || message.getDecision() == DecisionOutcome.UNRECOGNIZED) {
            throw new MalformedException("receipt: a status or decision that this version does not know");
        }
        return new Receipt(message, bytes.clone());
    }

    public Hash txId() {
        return Hash.of(message.getTxId().toByteArray());
    }

    public long height() {
        return message.getHeight();
    }

    public int index() {
        return message.getIndex();
    }

    public boolean applied() {
        return message.getStatus() == ReceiptStatus.APPLIED;
    }

    /** OK, or the code of the refusal. */
    public String code() {
        return message.getCode();
    }

    /** The rule that refused, or nothing. */
    public String rule() {
        return message.getRule();
    }

    public TransactionReceipt message() {
        return message;
    }

    /** The canonical bytes: shared, never to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    public Hash leafHash() {
        return MerkleTree.leafHash(bytes);
    }

    /** receiptsRoot of a block. */
    public static Hash root(List<Receipt> receipts) {
        return MerkleTree.root(receipts.stream().map(Receipt::leafHash).toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Receipt receipt && Arrays.equals(bytes, receipt.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Receipt[" + txId().shortHex() + ", height=" + height() + ", " + code() + "]";
    }
}
