package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Reads everything that a vault holds, a little at a time and round after round, so that rot is found while another
 * holder still has a good copy. Reads hold no lock; a payload that seems wrong is read again under it before it is put
 * aside.
 */
public final class VaultScrub implements AutoCloseable {
    private final FileVault vault;
    private final MessageDigest digest = ChunkDigests.sha256();
    private Optional<Hash> last = Optional.empty();
    private Optional<Hash> current = Optional.empty();
    private Optional<FileChannel> open = Optional.empty();
    private long rounds;

    VaultScrub(FileVault vault) {
        this.vault = vault;
    }

    /**
     * What one step did.
     *
     * @param bytes that were read; 0 at the end of a round, and where nothing is held
     * @param damaged the payload that was found damaged and put aside
     */
    public record Step(long bytes, Optional<Hash> damaged) {}

    /** Starts the next round behind this hash, so that nodes which are restarted often check other parts as well. */
    public void startAfter(Hash hash) {
        last = Optional.of(hash);
    }

    /** Reads at most a chunk of {@link Vault#MAX_CHUNK_BYTES}. */
    public Step step() throws VaultException {
        if (open.isEmpty() && !next()) {
            return new Step(0, Optional.empty());
        }
        Hash hash = current.orElseThrow();
        ByteBuffer buffer = ByteBuffer.allocate(Vault.MAX_CHUNK_BYTES);
        int count;
        try {
            count = open.orElseThrow().read(buffer);
        } catch (IOException unreadable) {
            close();
            return new Step(0, damaged(hash));
        }
        if (count >= 0) {
            digest.update(buffer.flip());
            return new Step(count, Optional.empty());
        }
        close();
        boolean right = Hash.of(digest.digest()).equals(hash);
        return new Step(0, right ? Optional.empty() : damaged(hash));
    }

    /** One that was deleted meanwhile is not damaged. */
    private Optional<Hash> damaged(Hash hash) throws VaultException {
        return vault.isSound(hash) ? Optional.empty() : Optional.of(hash);
    }

    private boolean next() throws VaultException {
        List<Hash> page = vault.list(last, 1);
        if (page.isEmpty()) {
            rounds += last.isPresent() ? 1 : 0;
            last = Optional.empty();
            return false;
        }
        last = Optional.of(page.get(0));
        current = last;
        open = vault.open(page.get(0));
        digest.reset();
        return open.isPresent();
    }

    /** Rounds that came to their end. */
    public long rounds() {
        return rounds;
    }

    /** Lets go of the file being read. */
    @Override
    public void close() throws VaultException {
        Optional<FileChannel> channel = open;
        open = Optional.empty();
        try {
            if (channel.isPresent()) {
                channel.get().close();
            }
        } catch (IOException failed) {
            throw new VaultException("a payload's file cannot be closed: " + failed.getMessage(), failed);
        }
    }
}
