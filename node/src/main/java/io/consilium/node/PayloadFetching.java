package io.consilium.node;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.node.net.FramePriority;
import io.consilium.node.net.PeerNetwork;
import io.consilium.proto.FetchPayloadPiece;
import io.consilium.proto.PayloadPiece;
import io.consilium.proto.PeerFrame;
import io.consilium.storage.StageOutcome;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultChunk;
import io.consilium.storage.VaultException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws ciphertexts that this node has to keep from the other holders' vaults, and serves theirs (REC-2).
 *
 * <p>The asker stages what comes and goes on where its own vault stopped, so nothing is fetched twice, over a restart
 * either; whether the bytes are right is decided by their hash alone. All methods run on the thread of payloads.
 */
final class PayloadFetching {
    private static final Logger LOG = LoggerFactory.getLogger(PayloadFetching.class);
    static final int MAX_FETCHES = 8;
    private static final int MAX_ATTEMPTS = 3;
    private static final long REPLY_MILLIS = 10_000;
    private static final int MAX_CODE = 64;

    /** What the ledger says of a payload. */
    interface Holders {
        /** Whether an institution keeps it and may have it from here. */
        boolean keeps(String institution, Hash ciphertextHash);

        /** Whether this node holds no copy of it any more and takes none (PRV-6). */
        boolean isErased(Hash ciphertextHash);
    }

    private final Vault vault;
    private final PeerNetwork network;
    private final BackgroundWork thread;
    private final Holders holders;
    private final Map<Long, Fetch> fetches = new HashMap<>();
    private long nextRequest = 1;

    PayloadFetching(Vault vault, PeerNetwork network, BackgroundWork thread, Holders holders) {
        this.vault = vault;
        this.network = network;
        this.thread = thread;
        this.holders = holders;
    }

    void begin(String institution, Hash hash, CompletableFuture<PayloadForward> done) {
        if (fetches.size() >= MAX_FETCHES) {
            done.complete(new PayloadForward.Unreachable("this node fetches as many payloads as it may, try later"));
            return;
        }
        Fetch fetch = new Fetch(nextRequest++, institution, hash, done);
        fetches.put(fetch.request, fetch);
        ask(fetch, 0);
    }

    private void ask(Fetch fetch, long offset) {
        fetch.offset = offset;
        FetchPayloadPiece question = FetchPayloadPiece.newBuilder()
                .setRequest(fetch.request)
                .setCiphertextHash(ByteString.copyFrom(fetch.hash.toBytes()))
                .setOffset(offset)
                .setLength(PayloadForwarding.PIECE_BYTES)
                .build();
        send(fetch.institution, PeerFrame.newBuilder().setFetchPayload(question));
        int expected = ++fetch.sequence;
        thread.later(REPLY_MILLIS, () -> late(fetch, expected));
    }

    private void late(Fetch fetch, int sequence) {
        if (fetch.sequence != sequence || !fetches.containsKey(fetch.request)) {
            return;
        }
        if (++fetch.attempts >= MAX_ATTEMPTS) {
            end(fetch, new PayloadForward.Unreachable(fetch.institution + " did not answer"));
        } else {
            ask(fetch, fetch.offset);
        }
    }

    private void end(Fetch fetch, PayloadForward outcome) {
        fetches.remove(fetch.request);
        fetch.done.complete(outcome);
    }

    void endAll(PayloadForward outcome) {
        List.copyOf(fetches.values()).forEach(fetch -> end(fetch, outcome));
    }

    /** A peer's question: only an institution that the ledger has keep the payload gets any of it. */
    void serve(String peer, FetchPayloadPiece question) {
        PayloadPiece.Builder piece = PayloadPiece.newBuilder()
                .setRequest(question.getRequest())
                .setCiphertextHash(question.getCiphertextHash())
                .setOffset(question.getOffset());
        boolean wellFormed = question.getCiphertextHash().size() == Hash.LENGTH
                && question.getOffset() >= 0
                && question.getLength() >= 1
                && question.getLength() <= PayloadForwarding.PIECE_BYTES;
        if (!wellFormed) {
            piece.setCode("MALFORMED");
        } else {
            Hash hash = Hash.of(question.getCiphertextHash().toByteArray());
            try {
                Optional<VaultChunk> chunk = holders.keeps(peer, hash)
                        ? vault.read(hash, question.getOffset(), question.getLength())
                        : Optional.empty();
                if (chunk.isEmpty()) {
                    piece.setCode("NOT_HELD"); // the same to those who may not have it
                } else {
                    piece.setTotalSize(chunk.get().totalSize())
                            .setData(ByteString.copyFrom(chunk.get().data()));
                }
            } catch (VaultException failure) {
                LOG.error("payload not served peer={} hash={} cause={}", peer, hash.shortHex(), failure.getMessage());
                piece.setCode("UNREADABLE");
            }
        }
        send(peer, PeerFrame.newBuilder().setPayloadPiece(piece));
    }

    void answered(String peer, PayloadPiece piece) {
        Fetch fetch = fetches.get(piece.getRequest());
        if (fetch == null || !fetch.institution.equals(peer) || piece.getOffset() != fetch.offset) {
            return;
        }
        if (!piece.getCode().isEmpty()) {
            String code = piece.getCode();
            end(fetch, new PayloadForward.Refused(code.substring(0, Math.min(MAX_CODE, code.length()))));
            return;
        }
        if (holders.isErased(fetch.hash)) {
            end(fetch, new PayloadForward.Refused("ERASED"));
            return;
        }
        try {
            StageOutcome outcome = vault.stage(
                    Vault.OWN,
                    fetch.hash,
                    piece.getTotalSize(),
                    piece.getOffset(),
                    piece.getData().toByteArray());
            if (outcome instanceof StageOutcome.Held) {
                end(fetch, new PayloadForward.Held());
            } else if (outcome instanceof StageOutcome.Refused refused) {
                end(fetch, new PayloadForward.Refused(refused.reason().name()));
            } else if (outcome instanceof StageOutcome.Wanted wanted) {
                goOn(fetch, wanted.nextOffset());
            }
        } catch (VaultException failure) {
            LOG.error(
                    "payload not fetched peer={} hash={} cause={}", peer, fetch.hash.shortHex(), failure.getMessage());
            end(fetch, new PayloadForward.Refused("UNAVAILABLE"));
        }
    }

    private void goOn(Fetch fetch, long next) {
        if (next > fetch.offset) {
            fetch.attempts = 0;
        } else if (++fetch.attempts >= MAX_ATTEMPTS) {
            end(fetch, new PayloadForward.Refused("NO_PROGRESS"));
            return;
        }
        ask(fetch, next);
    }

    private void send(String peer, PeerFrame.Builder frame) {
        network.send(List.of(peer), frame.build().toByteArray(), FramePriority.BULK);
    }

    private static final class Fetch {
        final long request;
        final String institution;
        final Hash hash;
        final CompletableFuture<PayloadForward> done;
        long offset;
        int attempts;
        int sequence;

        Fetch(long request, String institution, Hash hash, CompletableFuture<PayloadForward> done) {
            this.request = request;
            this.institution = institution;
            this.hash = hash;
            this.done = done;
        }
    }
}
