package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ActorName;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Rights to fetch one ciphertext under one access, short-lived, bounded in number and in bytes served. */
final class DownloadTokens {
    private static final int TOKEN_BYTES = 32;

    /** Twice the payload: a broken download may start over once. */
    private static final int SERVINGS = 2;

    /** What a token stands for. */
    record Grant(ByteString accessId, String caller, Hash ciphertext, long size, long expiresMillis) {}

    private static final class Live {
        private final Grant grant;
        private long bytesLeft;

        Live(Grant grant, long bytesLeft) {
            this.grant = grant;
            this.bytesLeft = bytesLeft;
        }
    }

    private final int bound;
    private final SecureRandom random;

    /** By the hash of the token, so that a look-up tells nothing by its time; oldest first. */
    private final Map<Hash, Live> live = new LinkedHashMap<>();

    DownloadTokens(int bound, SecureRandom random) {
        this.bound = bound;
        this.random = random;
    }

    /** Takes the place of the caller's earlier token for this access; empty when as many are alive as may be. */
    synchronized Optional<String> issue(Grant grant, long nowMillis) {
        dropExpired(nowMillis);
        live.values()
                .removeIf(each -> each.grant.caller().equals(grant.caller())
                        && each.grant.accessId().equals(grant.accessId())
                        && each.grant.ciphertext().equals(grant.ciphertext()));
        if (live.size() >= bound) {
            return Optional.empty();
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        live.put(keyOf(token), new Live(grant, Math.multiplyExact(grant.size(), SERVINGS)));
        return Optional.of(token);
    }

    /** The token that stands for an access itself, at a holder that did not disclose it; bounded like any other. */
    synchronized Optional<String> ofAccess(Grant grant, long nowMillis) {
        dropExpired(nowMillis);
        String name = "access/" + grant.caller() + "/" + ActorName.hex(grant.accessId());
        if (!live.containsKey(keyOf(name))) {
            if (live.size() >= bound) {
                return Optional.empty();
            }
            live.put(keyOf(name), new Live(grant, Math.multiplyExact(grant.size(), SERVINGS)));
        }
        return Optional.of(name);
    }

    /** The grant of a token of this caller, still alive and with bytes left. */
    synchronized Optional<Grant> find(String token, String caller, long nowMillis) {
        dropExpired(nowMillis);
        return Optional.ofNullable(live.get(keyOf(token)))
                .filter(found -> found.grant.caller().equals(caller) && found.bytesLeft > 0)
                .map(found -> found.grant);
    }

    synchronized void served(String token, long bytes) {
        Live found = live.get(keyOf(token));
        if (found != null) {
            found.bytesLeft -= bytes;
        }
    }

    private void dropExpired(long nowMillis) {
        live.values().removeIf(each -> each.grant.expiresMillis() <= nowMillis);
    }

    private static Hash keyOf(String token) {
        return Hash.sha256(token.getBytes(StandardCharsets.UTF_8));
    }
}
