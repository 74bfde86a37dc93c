package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A vault of plain files: {@code ab/abcd…} for what is held, {@code staged/} for uploads, {@code damaged/} for what rotted.
 *
 * <p>A file gets its final name only after its bytes were synced, read back and hashed, by an atomic rename that is
 * synced too. So whatever stands under a final name was right once, and a crash leaves at worst a staged file, which the
 * next upload resumes. Bytes are hashed and synced while they come, so that the last piece of a large payload takes no
 * longer than another. Reads check again (REC-2): a small file whole, each time; of a large one, the first read hashes
 * all of it and remembers a digest for every chunk, against which that and every later read is checked.
 *
 * <p>Locks: one of {@value #STRIPES} by hash for the files of a payload; the counters have their own, held for moments.
 */
public final class FileVault implements Vault {
    private static final int STRIPES = 64;

    /** How much of an upload may wait to be synced. */
    private static final long SYNC_BYTES = 32L * 1024 * 1024;

    private final VaultFiles files;
    private final VaultConfig config;
    private final UploadQuota quota;
    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];
    private final ChunkDigests digests = new ChunkDigests();

    /** Of uploads under way that got a piece since the start; each is used under its payload's lock. */
    private final Map<Hash, GrowingDigest> growing = new ConcurrentHashMap<>();

    private final LongSupplier clock;

    private FileVault(Path root, VaultConfig config, LongSupplier clock) {
        this.files = new VaultFiles(root);
        this.clock = clock;
        this.config = config;
        this.quota = new UploadQuota(config);
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /**
     * Opens the vault in the directory, making it where it is missing, and counts what it holds. The data directory's lock
     * keeps other processes out.
     */
    public static FileVault open(Path directory, VaultConfig config) throws VaultException {
        return open(directory, config, System::currentTimeMillis);
    }

    /** @param clock milliseconds since 1970, which tell how long an upload rests */
    static FileVault open(Path directory, VaultConfig config, LongSupplier clock) throws VaultException {
        FileVault vault = new FileVault(directory, config, clock);
        try {
            vault.files.create();
            vault.count();
        } catch (IOException failed) {
            throw vault.failure("cannot be opened", failed);
        }
        return vault;
    }

    private void count() throws IOException {
        for (Path shard : files.shards()) {
            for (Path file : VaultFiles.payloads(shard)) {
                quota.held(Files.size(file));
            }
        }
        for (Path file : VaultFiles.payloads(files.stagedDirectory())) {
            quota.found(
                    VaultFiles.hashOf(file),
                    Files.size(file),
                    Files.getLastModifiedTime(file).toMillis());
        }
    }

    @Override
    public StageOutcome stage(String owner, Hash hash, long totalSize, long offset, byte[] data) throws VaultException {
        if (totalSize < 1 || totalSize > config.maxPayloadBytes()) {
            return new StageOutcome.Refused(
                    StageOutcome.Reason.SIZE,
                    "a payload here has 1 to " + config.maxPayloadBytes() + " bytes, not " + totalSize);
        }
        if (data.length > MAX_CHUNK_BYTES || offset < 0) {
            return new StageOutcome.Refused(
                    StageOutcome.Reason.SIZE,
                    "a chunk starts at 0 or later and has at most " + MAX_CHUNK_BYTES + " bytes, not " + data.length
                            + " at " + offset);
        }
        ReentrantLock lock = stripe(hash);
        lock.lock();
        try {
            return stageLocked(owner, hash, totalSize, offset, data);
        } catch (IOException failed) {
            throw failure("cannot stage payload " + hash.hex(), failed);
        } finally {
            lock.unlock();
        }
    }

    private StageOutcome stageLocked(String owner, Hash hash, long totalSize, long offset, byte[] data)
            throws IOException {
        Path file = files.held(hash);
        if (Files.exists(file)) {
            long size = Files.size(file);
            return size == totalSize
                    ? new StageOutcome.Held()
                    : new StageOutcome.Refused(
                            StageOutcome.Reason.LENGTH, "this payload has " + size + " bytes, not " + totalSize);
        }
        if (offset == 0 && quota.isAnnouncedOtherwise(hash, totalSize)) {
            // Who starts anew with another size is as likely to be right: the hash decides in the end.
            abandon(hash);
        }
        Optional<StageOutcome.Refused> refused = promise(owner, hash, totalSize);
        if (refused.isPresent()) {
            return refused.get();
        }
        try (FileChannel channel = files.append(hash)) {
            long before = channel.size();
            long length = before;
            if (before < totalSize) { // else a crash cut off the end of an upload whose bytes are all here
                if (offset != before) {
                    return new StageOutcome.Wanted(before);
                }
                if (before + data.length > totalSize) {
                    return new StageOutcome.Refused(
                            StageOutcome.Reason.LENGTH,
                            "the upload goes beyond the " + totalSize + " bytes that it announced");
                }
                VaultFiles.write(channel, ByteBuffer.wrap(data), before);
                length += data.length;
            }
            GrowingDigest digest = digestOf(hash, before);
            if (length >= totalSize) {
                channel.force(true);
                return finish(hash, digest.finish(channel, length));
            }
            if (length / SYNC_BYTES > before / SYNC_BYTES) {
                channel.force(false);
            }
            digest.advance(channel, length);
            return new StageOutcome.Wanted(length);
        }
    }

    /** Room for the upload, that of others which rest where there is none else. */
    private Optional<StageOutcome.Refused> promise(String owner, Hash hash, long totalSize) throws IOException {
        long now = clock.getAsLong();
        while (true) {
            Optional<StageOutcome.Refused> refused = quota.promise(owner, hash, totalSize, now);
            if (refused.isEmpty() || !giveUpResting(refused.get().reason(), owner, now)) {
                return refused;
            }
        }
    }

    /** Throws out the upload that rests longest, where its room would help; false where there is none. */
    private boolean giveUpResting(StageOutcome.Reason reason, String owner, long nowMillis) throws IOException {
        List<Hash> resting =
                switch (reason) {
                    case OWNER -> quota.resting(Optional.of(owner), nowMillis);
                    case QUOTA -> quota.resting(Optional.empty(), nowMillis);
                    case SIZE, LENGTH, HASH -> List.of();
                };
        for (Hash each : resting) {
            ReentrantLock lock = stripe(each);
            if (lock.tryLock()) { // one whose lock is taken does not rest
                try {
                    abandon(each);
                    return true;
                } finally {
                    lock.unlock();
                }
            }
        }
        return false;
    }

    /** One that ran ahead of the file, which only another hand can have cut, starts anew. */
    private GrowingDigest digestOf(Hash hash, long length) {
        return growing.compute(
                hash, (any, known) -> known == null || known.hashed() > length ? new GrowingDigest() : known);
    }

    private StageOutcome finish(Hash hash, ChunkDigests.Digests found) throws IOException {
        if (!found.whole().equals(hash)) {
            abandon(hash);
            return new StageOutcome.Refused(
                    StageOutcome.Reason.HASH,
                    "the bytes hash to " + found.whole().hex() + ", not to the announced " + hash.hex()
                            + "; start again from 0");
        }
        files.createShard(hash);
        Files.move(files.staged(hash), files.held(hash), StandardCopyOption.ATOMIC_MOVE);
        VaultFiles.sync(files.shard(hash));
        Files.deleteIfExists(files.damaged(hash));
        digests.put(hash, found);
        growing.remove(hash);
        quota.completed(hash);
        return new StageOutcome.Held();
    }

    /** Throws an upload away; false where there is none. */
    private boolean abandon(Hash hash) throws IOException {
        growing.remove(hash);
        boolean any = Files.deleteIfExists(files.staged(hash));
        quota.abandoned(hash);
        return any;
    }

    @Override
    public Optional<VaultChunk> read(Hash hash, long offset, int maxLength) throws VaultException {
        if (offset < 0 || maxLength < 1 || maxLength > MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "1 to " + MAX_CHUNK_BYTES + " bytes from 0 on can be read, not " + maxLength + " from " + offset);
        }
        ReentrantLock lock = stripe(hash);
        lock.lock();
        try (FileChannel channel = FileChannel.open(files.held(hash), StandardOpenOption.READ)) {
            return Optional.of(readLocked(hash, channel, offset, maxLength));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (VaultException told) {
            throw told;
        } catch (IOException failed) {
            throw failure("cannot read payload " + hash.hex(), failed);
        } finally {
            lock.unlock();
        }
    }

    private VaultChunk readLocked(Hash hash, FileChannel channel, long offset, int maxLength) throws IOException {
        long size = channel.size();
        ChunkDigests.Digests known = digests.get(hash).orElse(null);
        if (known == null) {
            known = ChunkDigests.of(channel);
            if (!known.whole().equals(hash)) {
                throw putAside(
                        hash,
                        "has " + size + " bytes that hash to " + known.whole().hex());
            }
            digests.put(hash, known);
        }
        if (size != known.size()) {
            throw putAside(hash, "has " + size + " bytes, not " + known.size());
        }
        byte[] data = new byte[(int) Math.max(0, Math.min(maxLength, size - offset))];
        for (int copied = 0; copied < data.length; ) {
            long at = offset + copied;
            int chunk = (int) (at / MAX_CHUNK_BYTES);
            byte[] bytes = ChunkDigests.chunk(channel, chunk, size);
            if (!Hash.sha256(bytes).equals(known.chunks().get(chunk))) {
                throw putAside(hash, "changed on disk in its bytes from " + (long) chunk * MAX_CHUNK_BYTES + " on");
            }
            int from = (int) (at % MAX_CHUNK_BYTES);
            int count = Math.min(data.length - copied, bytes.length - from);
            System.arraycopy(bytes, from, data, copied, count);
            copied += count;
        }
        return new VaultChunk(data, offset, size);
    }

    private VaultDamagedException putAside(Hash hash, String what) throws IOException {
        digests.remove(hash);
        Path aside = files.damaged(hash);
        Path file = files.held(hash);
        long size = Files.size(file);
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        quota.freed(hash, size);
        return new VaultDamagedException(hash, aside, what);
    }

    @Override
    public OptionalLong size(Hash hash) throws VaultException {
        try {
            return OptionalLong.of(Files.size(files.held(hash)));
        } catch (NoSuchFileException absent) {
            return OptionalLong.empty();
        } catch (IOException failed) {
            throw failure("cannot look at payload " + hash.hex(), failed);
        }
    }

    @Override
    public OptionalLong heldSinceMillis(Hash hash) throws VaultException {
        try {
            return OptionalLong.of(Files.getLastModifiedTime(files.held(hash)).toMillis());
        } catch (NoSuchFileException absent) {
            return OptionalLong.empty();
        } catch (IOException failed) {
            throw failure("cannot look at payload " + hash.hex(), failed);
        }
    }

    @Override
    public List<Hash> damaged() throws VaultException {
        try {
            return VaultFiles.payloads(files.damagedDirectory()).stream()
                    .map(VaultFiles::hashOf)
                    .limit(MAX_PAGE)
                    .toList();
        } catch (IOException failed) {
            throw failure("cannot be listed", failed);
        }
    }

    @Override
    public VaultScrub scrub() {
        return new VaultScrub(this);
    }

    /** The file of a payload that is held, for reading; empty where there is none. */
    Optional<FileChannel> open(Hash hash) throws VaultException {
        try {
            return Optional.of(FileChannel.open(files.held(hash), StandardOpenOption.READ));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException failed) {
            throw failure("cannot read payload " + hash.hex(), failed);
        }
    }

    /** Forgets what is known of the payload's bytes and reads them anew, which puts a damaged one aside. */
    boolean isSound(Hash hash) throws VaultException {
        digests.remove(hash);
        try {
            read(hash, 0, 1);
            return true;
        } catch (VaultDamagedException found) {
            return false;
        }
    }

    @Override
    public boolean holdsAnyOf(Hash hash) {
        return Files.exists(files.held(hash)) || Files.exists(files.staged(hash)) || Files.exists(files.damaged(hash));
    }

    @Override
    public boolean delete(Hash hash) throws VaultException {
        ReentrantLock lock = stripe(hash);
        lock.lock();
        try {
            Path file = files.held(hash);
            boolean any = false;
            if (Files.exists(file)) {
                long size = Files.size(file);
                Files.delete(file);
                VaultFiles.sync(files.shard(hash));
                quota.freed(hash, size);
                any = true;
            }
            if (abandon(hash)) {
                VaultFiles.sync(files.stagedDirectory());
                any = true;
            }
            if (Files.deleteIfExists(files.damaged(hash))) {
                VaultFiles.sync(files.damagedDirectory());
                any = true;
            }
            digests.remove(hash);
            return any;
        } catch (IOException failed) {
            throw failure("cannot delete payload " + hash.hex(), failed);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Hash> list(Optional<Hash> after, int limit) throws VaultException {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("a page has 1 to " + MAX_PAGE + " payloads, not " + limit);
        }
        List<Hash> page = new ArrayList<>();
        try {
            for (Path shard : files.shards()) {
                boolean wanted =
                        after.isEmpty() || VaultFiles.name(shard).compareTo(VaultFiles.shardOf(after.get())) >= 0;
                for (Path file : wanted ? VaultFiles.payloads(shard) : List.<Path>of()) {
                    Hash hash = VaultFiles.hashOf(file);
                    if (after.isEmpty() || hash.compareTo(after.get()) > 0) {
                        page.add(hash);
                    }
                    if (page.size() == limit) {
                        return page;
                    }
                }
            }
        } catch (IOException failed) {
            throw failure("cannot be listed", failed);
        }
        return page;
    }

    @Override
    public int discardStale(long nowMillis) throws VaultException {
        int discarded = 0;
        try {
            for (Path part : VaultFiles.payloads(files.stagedDirectory())) {
                Hash hash = VaultFiles.hashOf(part);
                ReentrantLock lock = stripe(hash);
                lock.lock();
                try {
                    if (Files.exists(part)
                            && Files.getLastModifiedTime(part).toMillis() < nowMillis - config.stagedAgeMillis()) {
                        abandon(hash);
                        discarded++;
                    }
                } finally {
                    lock.unlock();
                }
            }
        } catch (IOException failed) {
            throw failure("cannot discard old uploads", failed);
        }
        return discarded;
    }

    @Override
    public List<Hash> unsettled() {
        return quota.unsettled();
    }

    @Override
    public void settled(Hash hash) {
        quota.settled(hash);
    }

    @Override
    public long usedBytes() {
        return quota.usedBytes();
    }

    /** Nothing is held open between calls. */
    @Override
    public void close() {
        digests.clear();
        growing.clear();
    }

    private ReentrantLock stripe(Hash hash) {
        return stripes[hash.at(1) & (STRIPES - 1)];
    }

    private VaultException failure(String what, IOException failed) {
        return new VaultException(
                "the vault " + files.root() + " " + what + ": " + failed.getMessage()
                        + "; check the disk's space and the rights on that directory",
                failed);
    }
}
