package io.consilium.storage;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A decided block as it stands on disk; the arrays are shared, nobody changes them.
 *
 * @param header canonical bytes of the header
 * @param body bytes that the header's transactionsRoot commits to
 * @param commitQc canonical bytes of the certificate that decided it here
 * @param receipts canonical bytes of each receipt, in the order of the transactions
 */
public record StoredBlock(long height, byte[] header, byte[] body, byte[] commitQc, List<byte[]> receipts) {
    static final int MAX_RECEIPTS = 1_000_000;
    static final int MAX_RECEIPT_BYTES = 1024 * 1024;

    public StoredBlock {
        receipts = List.copyOf(receipts);
    }

    static byte[] encodeReceipts(List<byte[]> receipts) {
        CanonicalWriter writer = new CanonicalWriter().writeInt(receipts.size());
        receipts.forEach(receipt -> writer.writeBytes(receipt, MAX_RECEIPT_BYTES));
        return writer.toBytes();
    }

    static List<byte[]> decodeReceipts(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, Integer.MAX_VALUE, "receipts of a block", reader -> {
            int count = reader.readCount(MAX_RECEIPTS);
            List<byte[]> receipts = new ArrayList<>(Math.min(count, reader.remaining() / Integer.BYTES));
            for (int i = 0; i < count; i++) {
                receipts.add(reader.readBytes(MAX_RECEIPT_BYTES));
            }
            return receipts;
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredBlock block
                && height == block.height
                && Arrays.equals(header, block.header)
                && Arrays.equals(body, block.body)
                && Arrays.equals(commitQc, block.commitQc)
                && Arrays.equals(encodeReceipts(receipts), encodeReceipts(block.receipts));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(height) + Arrays.hashCode(header);
    }

    @Override
    public String toString() {
        return "StoredBlock[height=" + height + ", " + body.length + " bytes, " + receipts.size() + " receipts]";
    }
}
