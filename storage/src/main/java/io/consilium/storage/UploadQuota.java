package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a vault holds and what it has promised to uploads, against its bounds and those of each owner. Safe for many threads.
 *
 * <p>An upload that became whole still counts against who brought it, until it is settled that somebody keeps it: else one
 * owner could fill the vault with payloads that nothing will ever name.
 */
final class UploadQuota {
    /** Whole uploads of one owner that are not settled. */
    private static final int MAX_UNSETTLED = 4_096;

    private final VaultConfig config;
    private final Map<Hash, Upload> uploads = new HashMap<>();
    private final Map<Hash, Upload> unsettled = new HashMap<>();
    private final Map<String, Account> accounts = new HashMap<>();
    private long used;

    /**
     * An upload.
     *
     * @param owner who answers for it; the vault's own node after a restart, which knows no owners any more
     * @param size counted against the quota
     * @param announced false after a restart, when only the bytes that came before are known
     */
    private record Upload(String owner, long size, boolean announced, long touchedMillis) {
        boolean allows(long totalSize) {
            return announced ? totalSize == size : totalSize >= size;
        }
    }

    /** What one owner has to answer for. */
    private static final class Account {
        int underWay;
        int whole;
        long bytes;
    }

    UploadQuota(VaultConfig config) {
        this.config = config;
    }

    /** Counts a payload that is held. */
    synchronized void held(long size) {
        used += size;
    }

    /** Counts an upload that a restart found. */
    synchronized void found(Hash hash, long size, long touchedMillis) {
        begin(hash, new Upload(Vault.OWN, size, false, touchedMillis));
        used += size;
    }

    synchronized boolean isAnnouncedOtherwise(Hash hash, long totalSize) {
        Upload upload = uploads.get(hash);
        return upload != null && !upload.allows(totalSize);
    }

    /** Counts the whole size before the first byte is taken; present where that cannot be. */
    synchronized Optional<StageOutcome.Refused> promise(String by, Hash hash, long totalSize, long nowMillis) {
        Upload upload = uploads.get(hash);
        if (upload != null && !upload.allows(totalSize)) {
            return refused(
                    StageOutcome.Reason.LENGTH,
                    "this upload was announced with " + upload.size() + " bytes, not " + totalSize
                            + "; start again from 0 to announce another size");
        }
        if (upload == null && uploads.size() >= config.maxStaged()) {
            return refused(
                    StageOutcome.Reason.QUOTA,
                    config.maxStaged() + " uploads are under way, which is the limit; try again later");
        }
        long more = totalSize - (upload == null ? 0 : upload.size());
        if (more > config.quotaBytes() - used) {
            return refused(
                    StageOutcome.Reason.QUOTA,
                    "the vault holds " + used + " of " + config.quotaBytes() + " bytes, there is no room for "
                            + totalSize + " more");
        }
        String owner = upload == null || upload.owner().equals(Vault.OWN) ? by : upload.owner();
        boolean counted = upload != null && upload.owner().equals(owner);
        if (!owner.equals(Vault.OWN) && isBeyond(account(owner), counted, counted ? more : totalSize)) {
            return refused(
                    StageOutcome.Reason.OWNER,
                    owner + " has as many uploads or bytes under way or not registered as it may");
        }
        end(hash);
        begin(hash, new Upload(owner, totalSize, true, nowMillis));
        used += more;
        return Optional.empty();
    }

    private boolean isBeyond(Account account, boolean counted, long more) {
        return !counted && (account.underWay >= config.ownerStaged() || account.whole >= MAX_UNSETTLED)
                || more > config.ownerBytes() - account.bytes;
    }

    private static Optional<StageOutcome.Refused> refused(StageOutcome.Reason reason, String message) {
        return Optional.of(new StageOutcome.Refused(reason, message));
    }

    /** Uploads that rest, longest first, whose room may be given to others; of one owner, or of all. */
    synchronized List<Hash> resting(Optional<String> owner, long nowMillis) {
        return uploads.entrySet().stream()
                .filter(each -> each.getValue().touchedMillis() <= nowMillis - config.restMillis())
                .filter(each -> owner.isEmpty() || each.getValue().owner().equals(owner.get()))
                .sorted(Comparator.comparingLong(each -> each.getValue().touchedMillis()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The upload became whole: its bytes stay counted, against its owner too. */
    synchronized void completed(Hash hash) {
        end(hash).filter(upload -> !upload.owner().equals(Vault.OWN)).ifPresent(upload -> {
            unsettled.put(hash, upload);
            Account account = account(upload.owner());
            account.whole++;
            account.bytes += upload.size();
        });
    }

    /** Whole uploads that still count against their owners. */
    synchronized List<Hash> unsettled() {
        return List.copyOf(unsettled.keySet());
    }

    synchronized void settled(Hash hash) {
        Upload upload = unsettled.remove(hash);
        if (upload != null) {
            Account account = account(upload.owner());
            account.whole--;
            release(upload, account);
        }
    }

    /** The upload was thrown away. */
    synchronized void abandoned(Hash hash) {
        used -= end(hash).map(Upload::size).orElse(0L);
    }

    /** A payload that was held is no more. */
    synchronized void freed(Hash hash, long size) {
        settled(hash);
        used = Math.max(0, used - size);
    }

    synchronized long usedBytes() {
        return used;
    }

    private void begin(Hash hash, Upload upload) {
        uploads.put(hash, upload);
        Account account = account(upload.owner());
        account.underWay++;
        account.bytes += upload.size();
    }

    private Optional<Upload> end(Hash hash) {
        Optional<Upload> upload = Optional.ofNullable(uploads.remove(hash));
        upload.ifPresent(ended -> {
            Account account = account(ended.owner());
            account.underWay--;
            release(ended, account);
        });
        return upload;
    }

    private void release(Upload upload, Account account) {
        account.bytes -= upload.size();
        if (account.underWay == 0 && account.whole == 0) {
            accounts.remove(upload.owner());
        }
    }

    private Account account(String owner) {
        return accounts.computeIfAbsent(owner, any -> new Account());
    }
}
