package io.consilium.node.vault;

import io.consilium.crypto.Hash;
import io.consilium.storage.SecretsStore;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** To whom the payloads go that came here to be forwarded; of those that are whole it is known after a restart too. */
final class ForwardClaims {
    private static final byte[] PREFIX = "forward/".getBytes(StandardCharsets.US_ASCII);
    private static final int PAGE = 1_000;
    private static final int MAX = 1_024;

    private final SecretsStore store;

    /** Oldest first. */
    private final Map<Hash, String> custodians = new LinkedHashMap<>();

    /** Takes up what waits in the vault, and forgets what left it. */
    ForwardClaims(SecretsStore store, Vault vault) {
        this.store = store;
        Optional<byte[]> after = Optional.empty();
        List<byte[]> keys;
        do {
            keys = store.keys(PREFIX, after, PAGE);
            for (byte[] key : keys) {
                after = Optional.of(key);
                take(Hash.of(Arrays.copyOfRange(key, PREFIX.length, key.length)), vault);
            }
        } while (keys.size() == PAGE);
    }

    private void take(Hash payload, Vault vault) {
        if (isHeld(payload, vault)) {
            String custodian = new String(store.get(key(payload)).orElseThrow(), StandardCharsets.US_ASCII);
            custodians.put(payload, custodian);
        } else {
            store.delete(key(payload));
        }
    }

    static boolean isHeld(Hash payload, Vault vault) {
        try {
            return vault.size(payload).isPresent();
        } catch (VaultException e) {
            throw new IllegalStateException("the vault failed: " + e.getMessage(), e);
        }
    }

    synchronized Optional<String> custodian(Hash payload) {
        return Optional.ofNullable(custodians.get(payload));
    }

    /** Pushes nobody out before a byte was taken: who may stage nothing more takes no one's place. */
    synchronized void add(Hash payload, String custodian) {
        custodians.put(payload, custodian);
    }

    /** A byte of it was taken. */
    synchronized void keep() {
        while (custodians.size() > MAX) {
            custodians.remove(custodians.keySet().iterator().next());
        }
    }

    /** All of it is here and waits for its custodian. */
    void whole(Hash payload, String custodian) {
        store.put(key(payload), custodian.getBytes(StandardCharsets.US_ASCII));
    }

    synchronized void remove(Hash payload) {
        custodians.remove(payload);
        if (store.get(key(payload)).isPresent()) {
            store.delete(key(payload));
        }
    }

    private static byte[] key(Hash payload) {
        byte[] hash = payload.toBytes();
        byte[] key = Arrays.copyOf(PREFIX, PREFIX.length + hash.length);
        System.arraycopy(hash, 0, key, PREFIX.length, hash.length);
        return key;
    }
}
