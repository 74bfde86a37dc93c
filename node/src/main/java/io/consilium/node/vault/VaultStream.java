package io.consilium.node.vault;

import io.consilium.crypto.Hash;
import io.consilium.node.api.ApiProblem;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultChunk;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A ciphertext read from the vault, a piece in memory at a time. */
final class VaultStream extends InputStream {
    private final Vault vault;
    private final Hash hash;
    private byte[] piece = new byte[0];
    private int next;
    private long offset;
    private boolean last;

    VaultStream(Vault vault, Hash hash) {
        this.vault = vault;
        this.hash = hash;
    }

    @Override
    public int read() throws IOException {
        return fill() ? piece[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, piece.length - next);
        System.arraycopy(piece, next, into, from, count);
        next += count;
        return count;
    }

    private boolean fill() throws IOException {
        while (next == piece.length && !last) {
            Optional<VaultChunk> chunk = vault.read(hash, offset, Vault.MAX_CHUNK_BYTES);
            if (chunk.isEmpty()) {
                throw ApiProblem.unavailable(
                                "PAYLOAD_NOT_HELD",
                                "this node's vault does not hold the dataset",
                                "ask whoever submitted it to submit it again")
                        .asException();
            }
            piece = chunk.get().data();
            next = 0;
            offset += piece.length;
            last = chunk.get().last();
        }
        return next < piece.length;
    }
}
