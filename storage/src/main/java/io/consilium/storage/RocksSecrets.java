package io.consilium.storage;

import io.consilium.storage.ChainSchema.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The secrets of an institution in a column family of the chain store. */
final class RocksSecrets implements SecretsStore {
    private final RocksChainStore store;

    RocksSecrets(RocksChainStore store) {
        this.store = store;
    }

    @Override
    public void put(byte[] key, byte[] sealed) {
        requireKey(key);
        if (sealed.length > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "a sealed value has at most " + MAX_VALUE_BYTES + " bytes, not " + sealed.length);
        }
        store.writeSynced(batch -> batch.put(Family.SECRETS, key, sealed));
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        return store.get(Family.SECRETS, key);
    }

    @Override
    public void delete(byte[] key) {
        requireKey(key);
        store.writeSynced(batch -> batch.delete(Family.SECRETS, key));
        store.access(() -> {
            store.tables.compact(Family.SECRETS, key, Arrays.copyOf(key, key.length + 1));
            return true;
        });
    }

    @Override
    public List<byte[]> keys(byte[] prefix, Optional<byte[]> afterKey, int limit) {
        if (limit < 1 || limit > ChainReader.MAX_PAGE) {
            throw new IllegalArgumentException("a page has 1 to " + ChainReader.MAX_PAGE + " keys, not " + limit);
        }
        byte[] from = prefix;
        if (afterKey.isPresent() && Arrays.compareUnsigned(afterKey.get(), prefix) >= 0) {
            from = Arrays.copyOf(afterKey.get(), afterKey.get().length + 1);
        }
        Optional<byte[]> to = ChainSchema.above(prefix);
        List<byte[]> keys = new ArrayList<>();
        if (to.isEmpty() || Arrays.compareUnsigned(from, to.get()) < 0) {
            store.scan(Family.SECRETS, from, to, false, (key, value) -> {
                keys.add(key);
                return keys.size() < limit;
            });
        }
        return keys;
    }

    private static void requireKey(byte[] key) {
        if (key.length == 0 || key.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "the key of a secret has 1 to " + MAX_KEY_BYTES + " bytes, not " + key.length);
        }
    }
}
