package io.consilium.node;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.node.net.FramePriority;
import io.consilium.node.net.InboundFrame;
import io.consilium.node.net.PeerNetwork;
import io.consilium.proto.PayloadReply;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.StagePayload;
import io.consilium.storage.StageOutcome;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultChunk;
import io.consilium.storage.VaultException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries ciphertexts from this node's vault to another's, in pieces, one under way at a time for each payload (REC-2).
 *
 * <p>The receiver says from which offset it wants more, so an interrupted transfer goes on where it stopped, after a
 * restart of either side too. Everything runs on one thread of its own: the vault's disk never holds up a decision.
 */
final class PayloadForwarding implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PayloadForwarding.class);
    static final int PIECE_BYTES = 256 * 1024;
    static final int MAX_TRANSFERS = 64;
    static final int MAX_ATTEMPTS = 3;
    static final long REPLY_MILLIS = 5_000;

    private static final long HASHED_BYTES_PER_MILLI = 20_000;
    private static final int MAX_CODE = 64;

    private final Vault vault;
    private final PeerNetwork network;
    private final BackgroundWork thread;
    private final Map<Long, Transfer> transfers = new HashMap<>();
    private long nextRequest = 1;

    private final PayloadFetching fetching;
    private final PayloadFetching.Holders holders;

    PayloadForwarding(Vault vault, PeerNetwork network, BackgroundWork thread, PayloadFetching.Holders holders) {
        this.vault = vault;
        this.network = network;
        this.thread = thread;
        this.holders = holders;
        this.fetching = new PayloadFetching(vault, network, thread, holders);
    }

    /** From any thread: draws a payload from another holder's vault into this one. */
    CompletableFuture<PayloadForward> fetch(String institution, Hash ciphertextHash) {
        CompletableFuture<PayloadForward> done = new CompletableFuture<>();
        run(() -> fetching.begin(institution, ciphertextHash, done), () -> done.complete(stopped()));
        return done;
    }

    /** From any thread. */
    CompletableFuture<PayloadForward> forward(String institution, Hash ciphertextHash) {
        CompletableFuture<PayloadForward> done = new CompletableFuture<>();
        run(() -> begin(institution, ciphertextHash, done), () -> done.complete(stopped()));
        return done;
    }

    private static PayloadForward stopped() {
        return new PayloadForward.Unreachable("this node is stopping");
    }

    private void run(Runnable task, Runnable refused) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException stopping) {
            refused.run();
        }
    }

    private void begin(String institution, Hash hash, CompletableFuture<PayloadForward> done) {
        if (transfers.size() >= MAX_TRANSFERS) {
            done.complete(new PayloadForward.Unreachable("this node forwards as many payloads as it may, try later"));
            return;
        }
        long request = nextRequest++;
        Transfer transfer = new Transfer(request, institution, hash, done);
        transfers.put(request, transfer);
        sendPiece(transfer, 0);
    }

    private void sendPiece(Transfer transfer, long offset) {
        try {
            Optional<VaultChunk> chunk = vault.read(transfer.hash, offset, PIECE_BYTES);
            if (chunk.isEmpty()) {
                end(transfer, new PayloadForward.Refused("NOT_HELD"));
                return;
            }
            StagePayload.Builder piece = StagePayload.newBuilder()
                    .setRequest(transfer.request)
                    .setCiphertextHash(ByteString.copyFrom(transfer.hash.toBytes()))
                    .setTotalSize(chunk.get().totalSize())
                    .setOffset(offset)
                    .setData(ByteString.copyFrom(chunk.get().data()));
            transfer.offset = offset;
            transfer.totalSize = chunk.get().totalSize();
            network.send(
                    List.of(transfer.institution),
                    PeerFrame.newBuilder().setStagePayload(piece).build().toByteArray(),
                    FramePriority.BULK);
            int expected = ++transfer.sequence;
            boolean last = chunk.get().last();
            // The receiver hashes the whole payload before it answers the last piece.
            long patience = REPLY_MILLIS + (last ? transfer.totalSize / HASHED_BYTES_PER_MILLI : 0);
            thread.later(patience, () -> late(transfer, expected));
        } catch (VaultException failure) {
            LOG.error("payload unreadable hash={} cause={}", transfer.hash.shortHex(), failure.getMessage());
            end(transfer, new PayloadForward.Refused("UNREADABLE"));
        }
    }

    private void late(Transfer transfer, int sequence) {
        if (transfer.sequence != sequence || !transfers.containsKey(transfer.request)) {
            return;
        }
        if (++transfer.attempts >= MAX_ATTEMPTS) {
            end(transfer, new PayloadForward.Unreachable(transfer.institution + " did not answer"));
        } else {
            sendPiece(transfer, transfer.offset);
        }
    }

    private void end(Transfer transfer, PayloadForward outcome) {
        transfers.remove(transfer.request);
        transfer.done.complete(outcome);
    }

    /** A frame that has to do with payloads; called on event loops. */
    void received(InboundFrame inbound) {
        run(
                () -> {
                    try {
                        PeerFrame frame = inbound.frame();
                        switch (frame.getFrameCase()) {
                            case STAGE_PAYLOAD -> stage(inbound.peer(), frame.getStagePayload());
                            case FETCH_PAYLOAD -> fetching.serve(inbound.peer(), frame.getFetchPayload());
                            case PAYLOAD_PIECE -> fetching.answered(inbound.peer(), frame.getPayloadPiece());
                            default -> replied(inbound.peer(), frame.getPayloadReply());
                        }
                    } finally {
                        inbound.release();
                    }
                },
                inbound::release);
    }

    private void stage(String peer, StagePayload piece) {
        PayloadReply.Builder reply =
                PayloadReply.newBuilder().setRequest(piece.getRequest()).setCiphertextHash(piece.getCiphertextHash());
        if (piece.getCiphertextHash().size() != Hash.LENGTH) {
            reply.setCode("MALFORMED");
        } else if (holders.isErased(Hash.of(piece.getCiphertextHash().toByteArray()))) {
            reply.setCode("ERASED");
        } else {
            Hash hash = Hash.of(piece.getCiphertextHash().toByteArray());
            try {
                StageOutcome outcome = vault.stage(
                        peer,
                        hash,
                        piece.getTotalSize(),
                        piece.getOffset(),
                        piece.getData().toByteArray());
                if (outcome instanceof StageOutcome.Held) {
                    reply.setComplete(true).setNextOffset(piece.getTotalSize());
                } else if (outcome instanceof StageOutcome.Wanted wanted) {
                    reply.setNextOffset(wanted.nextOffset());
                } else if (outcome instanceof StageOutcome.Refused refused) {
                    reply.setCode(refused.reason().name());
                }
            } catch (VaultException failure) {
                LOG.error("payload not staged peer={} hash={} cause={}", peer, hash.shortHex(), failure.getMessage());
                reply.setCode("UNAVAILABLE");
            }
        }
        network.send(
                List.of(peer),
                PeerFrame.newBuilder().setPayloadReply(reply).build().toByteArray(),
                FramePriority.BULK);
    }

    private void replied(String peer, PayloadReply reply) {
        Transfer transfer = transfers.get(reply.getRequest());
        if (transfer == null || !transfer.institution.equals(peer)) {
            return;
        }
        if (!reply.getCode().isEmpty()) {
            String code = reply.getCode();
            end(transfer, new PayloadForward.Refused(code.substring(0, Math.min(MAX_CODE, code.length()))));
        } else if (reply.getComplete()) {
            end(transfer, new PayloadForward.Held());
        } else if (reply.getNextOffset() < 0 || reply.getNextOffset() >= transfer.totalSize) {
            end(transfer, new PayloadForward.Refused("OFFSET"));
        } else if (reply.getNextOffset() <= transfer.offset && ++transfer.attempts >= MAX_ATTEMPTS) {
            end(transfer, new PayloadForward.Refused("NO_PROGRESS"));
        } else {
            transfer.attempts = reply.getNextOffset() > transfer.offset ? 0 : transfer.attempts;
            sendPiece(transfer, reply.getNextOffset());
        }
    }

    @Override
    public void close() throws InterruptedException {
        run(
                () -> {
                    List.copyOf(transfers.values()).forEach(transfer -> end(transfer, stopped()));
                    fetching.endAll(stopped());
                },
                () -> {});
        thread.close();
    }

    private static final class Transfer {
        final long request;
        final String institution;
        final Hash hash;
        final CompletableFuture<PayloadForward> done;
        long offset;
        long totalSize;
        int attempts;
        int sequence;

        Transfer(long request, String institution, Hash hash, CompletableFuture<PayloadForward> done) {
            this.request = request;
            this.institution = institution;
            this.hash = hash;
            this.done = done;
        }
    }
}
