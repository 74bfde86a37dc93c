package io.consilium.consensus;

import io.consilium.crypto.certificate.BlockHeader;
import java.util.Arrays;

/**
 * A header with the body that belongs to it. The body is opaque here; whether it is the one that the header's
 * transactionsRoot commits to, the executor says.
 *
 * @param body shared, never to be changed
 */
public record ProposedBlock(BlockHeader header, byte[] body) {
    @Override
    public boolean equals(Object other) {
        return other instanceof ProposedBlock block && header.equals(block.header) && Arrays.equals(body, block.body);
    }

    @Override
    public int hashCode() {
        return header.hashCode();
    }

    @Override
    public String toString() {
        return "ProposedBlock[height=" + header.height() + ", bytes=" + body.length + ", transactions="
                + header.transactionsRoot().shortHex() + "]";
    }
}
