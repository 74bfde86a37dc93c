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
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A vault of plain files: {@code ab/abcd…} for what is held, {@code staged/} for uploads, {@code damaged/} for what rotted.
 *
 * <p>A file gets its final name only after its bytes were synced, read back and hashed, by an atomic rename that is
 * synced too. So whatever stands under a final name was right once, and a crash leaves at worst a staged file, which the
 * next upload resumes. Reads check again (REC-2): a small file whole, each time; of a large one, the first read hashes
 * all of it and remembers a digest for every chunk, against which that and every later read is checked.
 *
 * <p>Locks: one of {@value #STRIPES} by hash for the files of a payload; the counters have their own, held for moments.
 */
public final class FileVault implements Vault {
    private static final int STRIPES = 64;
    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> FILE_RIGHTS =
            PosixFilePermissions.asFileAttribute(PRIVATE_FILE);
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_RIGHTS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String NAME = "[0-9a-f]{64}";
    private static final String SHARD = "[0-9a-f]{2}";

    private final Path root;
    private final Path staged;
    private final Path damaged;
    private final VaultConfig config;
    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];
    private final ChunkDigests digests = new ChunkDigests();

    /** Uploads under way; guarded by itself, as is {@link #used}. */
    private final Map<Hash, Upload> uploads = new HashMap<>();

    private long used;

    /**
     * An upload under way.
     *
     * @param size counted against the quota
     * @param announced false after a restart, when only the bytes that came before are known
     */
    private record Upload(long size, boolean announced) {
        boolean allows(long totalSize) {
            return announced ? totalSize == size : totalSize >= size;
        }
    }

    private FileVault(Path root, VaultConfig config) {
        this.root = root;
        this.staged = root.resolve("staged");
        this.damaged = root.resolve("damaged");
        this.config = config;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /**
     * Opens the vault in the directory, making it where it is missing, and counts what it holds. The data directory's lock
     * keeps other processes out.
     */
    public static FileVault open(Path directory, VaultConfig config) throws VaultException {
        FileVault vault = new FileVault(directory, config);
        try {
            Files.createDirectories(vault.staged, DIRECTORY_RIGHTS);
            Files.createDirectories(vault.damaged, DIRECTORY_RIGHTS);
            vault.count();
        } catch (IOException failed) {
            throw vault.failure("cannot be opened", failed);
        }
        return vault;
    }

    private void count() throws IOException {
        for (Path shard : children(root, SHARD)) {
            for (Path file : children(shard, NAME)) {
                used += Files.size(file);
            }
        }
        for (Path file : children(staged, NAME)) {
            long size = Files.size(file);
            uploads.put(hashOf(file), new Upload(size, false));
            used += size;
        }
    }

    @Override
    public StageOutcome stage(Hash hash, long totalSize, long offset, byte[] data) throws VaultException {
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
            return stageLocked(hash, totalSize, offset, data);
        } catch (IOException failed) {
            throw failure("cannot stage payload " + hash.hex(), failed);
        } finally {
            lock.unlock();
        }
    }

    private StageOutcome stageLocked(Hash hash, long totalSize, long offset, byte[] data) throws IOException {
        Path file = file(hash);
        if (Files.exists(file)) {
            long size = Files.size(file);
            return size == totalSize
                    ? new StageOutcome.Held()
                    : new StageOutcome.Refused(
                            StageOutcome.Reason.LENGTH, "this payload has " + size + " bytes, not " + totalSize);
        }
        Path part = staged.resolve(hash.hex());
        if (offset == 0 && announcedOtherwise(hash, totalSize)) {
            // Who starts anew with another size is as likely to be right: the hash decides in the end.
            Files.deleteIfExists(part);
            release(hash);
        }
        Optional<StageOutcome> refused = promise(hash, totalSize);
        if (refused.isPresent()) {
            return refused.get();
        }
        try (FileChannel channel =
                FileChannel.open(part, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), FILE_RIGHTS)) {
            long length = channel.size();
            if (offset != length) {
                return new StageOutcome.Wanted(length);
            }
            if (length + data.length > totalSize) {
                return new StageOutcome.Refused(
                        StageOutcome.Reason.LENGTH,
                        "the upload goes beyond the " + totalSize + " bytes that it announced");
            }
            write(channel, ByteBuffer.wrap(data), length);
            if (length + data.length < totalSize) {
                return new StageOutcome.Wanted(length + data.length);
            }
            channel.force(true);
        }
        return finish(hash, part, file);
    }

    private StageOutcome finish(Hash hash, Path part, Path file) throws IOException {
        ChunkDigests.Digests found = ChunkDigests.of(part);
        if (!found.whole().equals(hash)) {
            Files.delete(part);
            release(hash);
            return new StageOutcome.Refused(
                    StageOutcome.Reason.HASH,
                    "the bytes hash to " + found.whole().hex() + ", not to the announced " + hash.hex()
                            + "; start again from 0");
        }
        Path shard = shard(hash);
        if (!Files.isDirectory(shard)) {
            Files.createDirectories(shard, DIRECTORY_RIGHTS);
            sync(root);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        sync(shard);
        Files.deleteIfExists(damaged.resolve(hash.hex()));
        digests.put(hash, found);
        synchronized (uploads) {
            uploads.remove(hash); // its bytes stay counted in `used`
        }
        return new StageOutcome.Held();
    }

    private boolean announcedOtherwise(Hash hash, long totalSize) {
        synchronized (uploads) {
            Upload upload = uploads.get(hash);
            return upload != null && !upload.allows(totalSize);
        }
    }

    /** Counts the whole size against the quota before the first byte is taken. */
    private Optional<StageOutcome> promise(Hash hash, long totalSize) {
        synchronized (uploads) {
            Upload upload = uploads.get(hash);
            if (upload != null && !upload.allows(totalSize)) {
                return Optional.of(new StageOutcome.Refused(
                        StageOutcome.Reason.LENGTH,
                        "this upload was announced with " + upload.size() + " bytes, not " + totalSize
                                + "; start again from 0 to announce another size"));
            }
            if (upload == null && uploads.size() >= config.maxStaged()) {
                return Optional.of(new StageOutcome.Refused(
                        StageOutcome.Reason.QUOTA,
                        config.maxStaged() + " uploads are under way, which is the limit; try again later"));
            }
            long more = totalSize - (upload == null ? 0 : upload.size());
            if (more > config.quotaBytes() - used) {
                return Optional.of(new StageOutcome.Refused(
                        StageOutcome.Reason.QUOTA,
                        "the vault holds " + used + " of " + config.quotaBytes() + " bytes, there is no room for "
                                + totalSize + " more"));
            }
            uploads.put(hash, new Upload(totalSize, true));
            used += more;
            return Optional.empty();
        }
    }

    private void release(Hash hash) {
        synchronized (uploads) {
            Upload upload = uploads.remove(hash);
            used -= upload == null ? 0 : upload.size();
        }
    }

    @Override
    public Optional<VaultChunk> read(Hash hash, long offset, int maxLength) throws VaultException {
        if (offset < 0 || maxLength < 1 || maxLength > MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "1 to " + MAX_CHUNK_BYTES + " bytes from 0 on can be read, not " + maxLength + " from " + offset);
        }
        ReentrantLock lock = stripe(hash);
        lock.lock();
        try (FileChannel channel = FileChannel.open(file(hash), StandardOpenOption.READ)) {
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
        Path aside = damaged.resolve(hash.hex());
        Path file = file(hash);
        long size = Files.size(file);
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        synchronized (uploads) {
            used = Math.max(0, used - size);
        }
        return new VaultDamagedException(hash, aside, what);
    }

    @Override
    public OptionalLong size(Hash hash) throws VaultException {
        try {
            return OptionalLong.of(Files.size(file(hash)));
        } catch (NoSuchFileException absent) {
            return OptionalLong.empty();
        } catch (IOException failed) {
            throw failure("cannot look at payload " + hash.hex(), failed);
        }
    }

    @Override
    public OptionalLong heldSinceMillis(Hash hash) throws VaultException {
        try {
            return OptionalLong.of(Files.getLastModifiedTime(file(hash)).toMillis());
        } catch (NoSuchFileException absent) {
            return OptionalLong.empty();
        } catch (IOException failed) {
            throw failure("cannot look at payload " + hash.hex(), failed);
        }
    }

    @Override
    public List<Hash> damaged() throws VaultException {
        try {
            return children(damaged, NAME).stream()
                    .map(FileVault::hashOf)
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
            return Optional.of(FileChannel.open(file(hash), StandardOpenOption.READ));
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
        return Files.exists(file(hash))
                || Files.exists(staged.resolve(hash.hex()))
                || Files.exists(damaged.resolve(hash.hex()));
    }

    @Override
    public boolean delete(Hash hash) throws VaultException {
        ReentrantLock lock = stripe(hash);
        lock.lock();
        try {
            Path file = file(hash);
            boolean any = false;
            if (Files.exists(file)) {
                long size = Files.size(file);
                Files.delete(file);
                sync(shard(hash));
                synchronized (uploads) {
                    used = Math.max(0, used - size);
                }
                any = true;
            }
            if (Files.deleteIfExists(staged.resolve(hash.hex()))) {
                sync(staged);
                release(hash);
                any = true;
            }
            if (Files.deleteIfExists(damaged.resolve(hash.hex()))) {
                sync(damaged);
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
            for (Path shard : children(root, SHARD)) {
                boolean wanted = after.isEmpty()
                        || name(shard).compareTo(after.get().hex().substring(0, 2)) >= 0;
                for (Path file : wanted ? children(shard, NAME) : List.<Path>of()) {
                    Hash hash = hashOf(file);
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
            for (Path part : children(staged, NAME)) {
                Hash hash = hashOf(part);
                ReentrantLock lock = stripe(hash);
                lock.lock();
                try {
                    if (Files.exists(part)
                            && Files.getLastModifiedTime(part).toMillis() < nowMillis - config.stagedAgeMillis()) {
                        Files.delete(part);
                        release(hash);
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
    public long usedBytes() {
        synchronized (uploads) {
            return used;
        }
    }

    /** Nothing is held open between calls. */
    @Override
    public void close() {
        digests.clear();
    }

    private ReentrantLock stripe(Hash hash) {
        return stripes[hash.at(1) & (STRIPES - 1)];
    }

    private Path shard(Hash hash) {
        return root.resolve(hash.hex().substring(0, 2));
    }

    private Path file(Hash hash) {
        return shard(hash).resolve(hash.hex());
    }

    private static void write(FileChannel channel, ByteBuffer data, long from) throws IOException {
        for (long at = from; data.hasRemaining(); ) {
            at += channel.write(data, at);
        }
    }

    private static List<Path> children(Path directory, String names) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> name(file).matches(names)).sorted().toList();
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static Hash hashOf(Path file) {
        return Hash.fromHex(name(file));
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private VaultException failure(String what, IOException failed) {
        return new VaultException(
                "the vault " + root + " " + what + ": " + failed.getMessage()
                        + "; check the disk's space and the rights on that directory",
                failed);
    }
}
