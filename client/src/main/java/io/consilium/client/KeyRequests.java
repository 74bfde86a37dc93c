package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.HpkeEnvelope;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugRequestStatus;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.WatchRequest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Requests for keys of others, and what their nodes answer (DRU-9): each stands on chain, its answer sealed to this identity,
 * which alone can name it.
 */
final class KeyRequests {
    /** Of keys of which an owner has one alone. */
    static final String NO_SUBJECT = "";

    private static final long MAX_WAIT_MILLIS = 20_000;
    private static final Duration PATIENCE_AGAIN = Duration.ofSeconds(5);

    private final VerifiedState state;
    private final Identity identity;
    private final BlindingKeys.Actions actions;
    private final BlindingKeys.Events events;
    private final KeptState kept;
    private final Duration timeout;
    private final SecureRandom random = new SecureRandom();

    /** @param timeout how long an owner's node is waited for */
    KeyRequests(
            VerifiedState state,
            Identity identity,
            BlindingKeys.Actions actions,
            BlindingKeys.Events events,
            KeptState kept,
            Duration timeout) {
        this.state = state;
        this.identity = identity;
        this.actions = actions;
        this.events = events;
        this.kept = kept;
        this.timeout = timeout;
    }

    /** A key that the owner grants when it is asked, or has granted before. */
    Optional<byte[]> granted(DrugKeyKind kind, String owner, String subject) throws ClientException {
        ByteString id = keptId(kind, owner, subject);
        Optional<DrugKeyState> request = read(id);
        if (request.filter(KeyRequests::isGranted).isEmpty()) {
            request = asked(id, request, kind, owner, subject);
        }
        return openIfGranted(request);
    }

    /** A key that was granted or given before. */
    Optional<byte[]> earlier(DrugKeyKind kind, String owner, String subject) throws ClientException {
        return earlier(keptId(kind, owner, subject));
    }

    /** The same, by the id that it is kept under. */
    Optional<byte[]> earlier(ByteString id) throws ClientException {
        return openIfGranted(read(id));
    }

    private Optional<byte[]> openIfGranted(Optional<DrugKeyState> request) throws ClientException {
        Optional<DrugKeyState> grant = request.filter(KeyRequests::isGranted);
        return grant.isPresent() ? Optional.of(open(grant.get())) : Optional.empty();
    }

    static boolean isGranted(DrugKeyState request) {
        return request.getStatus() == DrugRequestStatus.DRUG_GRANTED;
    }

    /** The owner's answer to a request that stands on chain or is put there; empty where there is nothing to ask for. */
    private Optional<DrugKeyState> asked(
            ByteString id, Optional<DrugKeyState> earlier, DrugKeyKind kind, String owner, String subject)
            throws ClientException {
        // taken first, so that an answer that comes at once is not slept through
        String cursor = events.watch(WatchRequest.getDefaultInstance()).getNextCursor();
        boolean waits = earlier.filter(found -> found.getStatus() == DrugRequestStatus.DRUG_REQUESTED)
                .isPresent();
        if (!waits && !ask(id, kind, owner, subject)) {
            return Optional.empty();
        }
        long seen = waits ? 0 : earlier.map(DrugKeyState::getVersion).orElse(0L);
        boolean answers = !state.institution(owner).value().getApiEndpoint().isEmpty();
        long askedMillis = waits ? earlier.orElseThrow().getRequestedMillis() : System.currentTimeMillis();
        long end = System.nanoTime() + (answers ? patience(askedMillis) : Duration.ZERO).toNanos();
        Optional<DrugKeyState> request = read(id);
        while (!answered(request, seen)) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (leftMillis <= 0) {
                throw new ClientException(
                        FailureClass.UNREACHABLE,
                        "KEY_NOT_GRANTED",
                        "DRU-9",
                        "",
                        answers
                                ? "The node of " + owner + " has not granted the key yet"
                                : owner + " runs no node that would grant the key, and it has not come by itself",
                        answers ? "It does so when it runs; try again then" : "It comes with what they send to here");
            }
            cursor = events.watch(WatchRequest.newBuilder()
                            .setCursor(cursor)
                            .setWaitMillis(Math.min(leftMillis, MAX_WAIT_MILLIS))
                            .build())
                    .getNextCursor();
            request = read(id);
        }
        return request;
    }

    /** An answer may take as long as one waits at all; a node that has not given it by then is away. */
    private Duration patience(long askedMillis) {
        Duration left = timeout.minusMillis(Math.max(0, System.currentTimeMillis() - askedMillis));
        Duration least = timeout.compareTo(PATIENCE_AGAIN) < 0 ? timeout : PATIENCE_AGAIN;
        return left.compareTo(least) > 0 ? left : least;
    }

    private static boolean answered(Optional<DrugKeyState> request, long seen) {
        return request.isPresent()
                && request.get().getVersion() > seen
                && request.get().getStatus() != DrugRequestStatus.DRUG_REQUESTED;
    }

    /** Whether the request stands on chain; an owner without any products has none to ask for. */
    private boolean ask(ByteString id, DrugKeyKind kind, String owner, String subject) throws ClientException {
        InstitutionState institution = state.institution(owner).value();
        DrugKeyRequest.Builder request = DrugKeyRequest.newBuilder()
                .setRequestId(requestId(kind, owner, subject))
                .setOwner(owner)
                .setKind(kind)
                .setRequesterKey(publicKey());
        if (!subject.isEmpty()) {
            request.setSealedSubject(ByteString.copyFrom(HpkeEnvelope.seal(
                    institution.getEncryptionKey().getKey().toByteArray(),
                    DrugBlinding.subjectInfo(),
                    id.toByteArray(),
                    subject.getBytes(StandardCharsets.US_ASCII),
                    random)));
        }
        TransactionReceipt receipt =
                actions.commit(DrugAction.newBuilder().setKeyRequest(request).build());
        if (receipt.getCode().equals(Refusal.COMPANY_KEY_UNKNOWN.name())) {
            return false;
        }
        if (!receipt.getCode().equals(Refusal.KEY_REQUEST_EXISTS.name())) {
            Submitter.requireApplied(receipt);
        }
        return true;
    }

    private ByteString keptId(DrugKeyKind kind, String owner, String subject) throws ClientException {
        ByteString id = requestId(kind, owner, subject);
        return DrugBlinding.isPlain(kind) ? id : DrugBlinding.keptRequestId(identity.actor(), kind.getNumber(), id);
    }

    /** What a request is sent with; the ledger keeps one that is about something secret under an id of its requester. */
    private ByteString requestId(DrugKeyKind kind, String owner, String subject) throws ClientException {
        return DrugBlinding.isPlain(kind)
                ? DrugBlinding.plainRequestId(kind, owner, identity.actor(), publicKey())
                : DrugBlinding.requestId(identity.encryptionKey(), kind.getNumber(), owner, subject);
    }

    ByteString publicKey() throws ClientException {
        return ByteString.copyFrom(X25519.fromPrivate(identity.encryptionKey()).publicKey());
    }

    /** A request or a gift as it stands on chain. */
    Optional<DrugKeyState> read(ByteString id) throws ClientException {
        byte[] secret = identity.encryptionKey();
        return kept.find(
                DrugKeys.request(id),
                DrugKeyState.parser(),
                found -> isGranted(found)
                        && found.getRequestId().equals(id)
                        && opened(found, secret).isPresent());
    }

    private byte[] open(DrugKeyState answer) throws ClientException {
        return opened(answer, identity.encryptionKey())
                .orElseThrow(() -> new VerificationFailed(
                        "KEY_UNREADABLE",
                        "The key that " + answer.getOwner() + " granted does not open",
                        "Tell its owner"));
    }

    private static Optional<byte[]> opened(DrugKeyState answer, byte[] secret) {
        try {
            return Optional.of(KeyEnvelope.open(
                    KeyEnvelope.Use.BLINDING_KEY,
                    answer.getRequestId().toByteArray(),
                    secret,
                    answer.getEnvelope().toByteArray()));
        } catch (CryptoException altered) {
            return Optional.empty();
        }
    }
}
