package io.consilium.node.api;

import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.JwtEdDsa;
import io.consilium.crypto.Verifier;
import io.consilium.node.config.NodeConfig;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Proves who asks: a bearer token of at most a minute, signed with the caller's current key, for this chain and node, used
 * once, and issued after this process started.
 */
final class Authenticator {
    private static final String SCHEME = "bearer ";
    private static final Pattern TOKEN_ID = Pattern.compile("[0-9a-f]{32}");
    private static final Set<String> CLAIMS = Set.of("iss", "aud", "iat", "exp", "jti");

    private final String audience;
    private final NodeConfig.Tokens bounds;
    private final CallerDirectory directory;
    private final Verifier verifier;
    private final LongSupplier clock;
    private final TokenHorizon horizon;
    private final UsedTokens used;
    private final long startSeconds;

    Authenticator(
            Hash chainId,
            String node,
            NodeConfig.Tokens bounds,
            CallerDirectory directory,
            Verifier verifier,
            LongSupplier clock,
            TokenHorizon horizon) {
        this.audience = chainId.hex() + "/" + node;
        this.bounds = bounds;
        this.directory = directory;
        this.verifier = verifier;
        this.clock = clock;
        this.horizon = horizon;
        this.used = new UsedTokens(bounds.maxRemembered());
        this.startSeconds = Math.floorDiv(clock.getAsLong(), 1_000L);
        for (TokenHorizon.Ahead ahead : horizon.ahead(startSeconds)) {
            used.use(ahead.tokenId(), ahead.lapsesSeconds() * 1_000L, startSeconds * 1_000L);
        }
    }

    /**
     * The caller, or a {@link ProblemException} that says what is wrong with the token.
     *
     * @param admission throws where the caller asks too much; a token that is turned away so is not remembered
     */
    Caller authenticate(Optional<String> authorization, Consumer<Caller> admission) {
        JwtEdDsa.Jwt token = parse(authorization);
        long now = Math.floorDiv(clock.getAsLong(), 1_000L);
        long issued = claim(token, "iat");
        long expires = claim(token, "exp");
        String tokenId = token.text("jti")
                .filter(id -> TOKEN_ID.matcher(id).matches())
                .orElseThrow(() -> badToken("its jti must be 32 lowercase hexadecimal digits"));
        checkAudience(token);
        checkTimes(issued, expires, now);
        CallerDirectory.Entry entry = directory
                .find(token.keyId())
                .filter(found -> token.verify(verifier, found.key()))
                .orElseThrow(() -> ApiProblem.unauthenticated(
                                "UNKNOWN_CALLER",
                                "'" + token.keyId() + "' is no active member, patient or guardian with this key",
                                "check the name, that it is not suspended nor its mandate over, and that the key is its newest")
                        .asException());
        admission.accept(entry.caller());
        long lapses = expires + bounds.clockToleranceSeconds() + 1;
        switch (used.use(tokenId, lapses * 1_000L, now * 1_000L)) {
            case REPLAYED ->
                throw ApiProblem.unauthenticated(
                                "TOKEN_REPLAYED",
                                "the token was used before; each serves one request",
                                "sign a new token for every request")
                        .asException();
            case FULL ->
                throw ApiProblem.unavailable(
                                "BUSY", "the node remembers as many tokens as it may", "try again in a minute")
                        .asException();
            case FRESH -> {
                if (!horizon.accepted(tokenId, issued, lapses, now)) {
                    throw clockOff("TOKEN_FROM_FUTURE", "the token was issued in the future", issued - now, "ahead of");
                }
            }
        }
        return entry.caller();
    }

    private static JwtEdDsa.Jwt parse(Optional<String> authorization) {
        String header = authorization.orElseThrow(() -> ApiProblem.unauthenticated(
                        "NO_TOKEN",
                        "the request carries no token",
                        "send 'Authorization: Bearer <token>' signed with your key")
                .asException());
        if (header.length() > SCHEME.length() + JwtEdDsa.MAX_CHARACTERS
                || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw badToken("it must be 'Bearer' and a token of at most " + JwtEdDsa.MAX_CHARACTERS + " characters");
        }
        JwtEdDsa.Jwt token;
        try {
            token = JwtEdDsa.parse(header.substring(SCHEME.length()).strip());
        } catch (CryptoException e) {
            throw badToken(String.valueOf(e.getMessage()));
        }
        if (!CLAIMS.equals(token.claims().keySet())) {
            throw badToken("its claims must be iss, aud, iat, exp and jti");
        }
        if (!token.text("iss").equals(Optional.of(token.keyId()))) {
            throw badToken("its iss and kid differ");
        }
        return token;
    }

    private void checkAudience(JwtEdDsa.Jwt token) {
        String given = token.text("aud").orElse("");
        if (!given.equals(audience)) {
            throw ApiProblem.unauthenticated(
                            "WRONG_AUDIENCE",
                            "the token is not for this chain and node",
                            "sign it with aud '" + audience + "'")
                    .asException();
        }
    }

    private void checkTimes(long issued, long expires, long now) {
        int tolerance = bounds.clockToleranceSeconds();
        if (expires < issued || expires - issued > bounds.maxLifeSeconds()) {
            throw badToken("it must expire within " + bounds.maxLifeSeconds() + " s of its issue");
        }
        if (issued > now + tolerance) {
            throw clockOff("TOKEN_FROM_FUTURE", "the token was issued in the future", issued - now, "ahead of");
        }
        if (expires + tolerance < now) {
            throw clockOff("TOKEN_EXPIRED", "the token expired " + (now - expires) + " s ago", now - issued, "behind");
        }
        // Ids used before the start are forgotten, so nothing issued before it is taken.
        if (issued < startSeconds || issued <= horizon.floorSeconds()) {
            long ahead = Math.max(startSeconds, horizon.floorSeconds()) - now;
            if (ahead >= 0 && horizon.lost()) {
                throw ApiProblem.unavailable(
                                "TOKENS_UNKNOWN",
                                "the node does not know which tokens served before its start",
                                "ask again in " + (ahead + 1) + " s")
                        .asException();
            }
            if (ahead > TokenHorizon.MOMENT_SECONDS) {
                throw ApiProblem.unauthenticated(
                                "NODE_CLOCK_BEHIND",
                                "this node's clock is " + ahead + " s behind what it was before",
                                "whoever runs the node sets its clock right and starts it; if it is right, stops the node and"
                                        + " deletes the file api-tokens beside its database before the start")
                        .asException();
            }
            throw ApiProblem.unauthenticated(
                            "TOKEN_BEFORE_START",
                            "the token was issued before this node started",
                            "sign a new token; if that does not help, your clock is behind the node's")
                    .asException();
        }
    }

    private static ProblemException clockOff(String code, String error, long seconds, String side) {
        return ApiProblem.unauthenticated(
                        code,
                        error,
                        "sign a new token; if this one is new, your clock is off by " + seconds + " s (" + side
                                + " the node's)")
                .asException();
    }

    private static long claim(JwtEdDsa.Jwt token, String name) {
        long seconds = token.number(name).orElseThrow(() -> badToken("its " + name + " must be a number of seconds"));
        if (seconds < 0 || seconds > Integer.MAX_VALUE * 100L) {
            throw badToken("its " + name + " is out of range");
        }
        return seconds;
    }

    private static ProblemException badToken(String reason) {
        return ApiProblem.unauthenticated(
                        "BAD_TOKEN", "the token cannot be read: " + reason, "sign a new token with your key")
                .asException();
    }
}
