package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a vault holds and what it has promised to uploads under way, against its bounds. Safe for many threads. */
final class UploadQuota {
    private final VaultConfig config;
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

    UploadQuota(VaultConfig config) {
        this.config = config;
    }

    /** Counts a payload that is held. */
    synchronized void held(long size) {
        used += size;
    }

    /** Counts an upload that a restart found. */
    synchronized void found(Hash hash, long size) {
        uploads.put(hash, new Upload(size, false));
        used += size;
    }

    synchronized boolean isAnnouncedOtherwise(Hash hash, long totalSize) {
        Upload upload = uploads.get(hash);
        return upload != null && !upload.allows(totalSize);
    }

    /** Counts the whole size before the first byte is taken; present where that cannot be. */
    synchronized Optional<StageOutcome> promise(Hash hash, long totalSize) {
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

    /** The upload became whole: its bytes stay counted. */
    synchronized void completed(Hash hash) {
        uploads.remove(hash);
    }

    /** The upload was thrown away. */
    synchronized void abandoned(Hash hash) {
        Upload upload = uploads.remove(hash);
        used -= upload == null ? 0 : upload.size();
    }

    /** A payload that was held is no more. */
    synchronized void freed(long size) {
        used = Math.max(0, used - size);
    }

    synchronized long usedBytes() {
        return used;
    }
}
