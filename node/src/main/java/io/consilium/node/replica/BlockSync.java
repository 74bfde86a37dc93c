package io.consilium.node.replica;

import io.consilium.consensus.ValidatorSets;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.proto.BlocksReply;
import io.consilium.proto.DecidedBlock;
import io.consilium.proto.FetchBlocks;
import io.consilium.proto.PeerFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Fetches decided blocks that this node missed (BFT-17).
 *
 * <p>Ranges are asked from several peers at once and kept until the block after the tip is there. One certificate makes
 * a whole stretch certain: the newest one of the stretch is verified, and the hashes link back from it to the tip. Where
 * that fails, the next block alone is tried with its own certificate, so that the peer who sent the bad one is known. A
 * height that somebody merely claims is nothing to wait for: it is asked for once, and silence forgets it.
 */
final class BlockSync {
    static final int RANGE = 32;
    static final int MAX_RANGES_AHEAD = 6;
    static final long MAX_BUFFERED_BYTES = 8L << 20;
    static final long REQUEST_TIMEOUT_MILLIS = 2_000;

    /** How long a peer that sent a bad block, or none, is not asked. */
    static final long SHUN_MILLIS = 30_000;

    static final long PAUSE_MILLIS = 1_000;

    private final Hash chainId;
    private final Verifier verifier;
    private final BiConsumer<String, PeerFrame> send;

    private final Map<String, Peer> peers = new TreeMap<>();
    private final Map<Long, Request> requests = new LinkedHashMap<>();
    private final TreeMap<Long, SyncedBlock> buffer = new TreeMap<>();
    private final Map<Hash, QuorumCertificate> certain = new LinkedHashMap<>();
    private long bufferedBytes;
    private long target;
    private long nextRequest = 1;

    BlockSync(Hash chainId, Verifier verifier, BiConsumer<String, PeerFrame> send) {
        this.chainId = chainId;
        this.verifier = verifier;
        this.send = send;
    }

    /** The next block to execute, made certain by a certificate; or a peer to be blamed. */
    sealed interface Next {
        record Certain(SyncedBlock block) implements Next {}

        record Blamed(String peer, String reason) implements Next {}

        record Nothing() implements Next {}
    }

    /** Somebody proved, or only claims, to be at this height; claims are worth one request. */
    void aim(String peer, long height, boolean proven, long tipHeight, long nowMillis) {
        Peer source = peer(peer);
        source.height = Math.max(source.height, height);
        if (height <= tipHeight) {
            return;
        }
        if (proven) {
            target = Math.max(target, height);
            ask(tipHeight, nowMillis);
        } else if (!source.busy && !source.isShunned(nowMillis)) {
            request(peer, source, tipHeight + 1, nowMillis);
        }
    }

    /** A peer told its height in a status; it is only asked up to there. */
    void heard(String peer, long height) {
        peer(peer).height = height;
    }

    void forget(String peer, long tipHeight, long nowMillis) {
        peers.remove(peer);
        requests.values().removeIf(request -> request.peer.equals(peer));
        ask(tipHeight, nowMillis);
    }

    boolean active(long tipHeight) {
        return target > tipHeight || !requests.isEmpty() || !buffer.isEmpty();
    }

    Optional<Long> target(long tipHeight) {
        return target > tipHeight ? Optional.of(target) : Optional.empty();
    }

    /** Height that a peer last told of, 0 if it never did. */
    long heightOf(String peer) {
        Peer known = peers.get(peer);
        return known == null ? 0 : known.height;
    }

    /** Gives up on requests that were not answered, and asks others. */
    void tick(long tipHeight, long nowMillis) {
        for (Request late : List.copyOf(requests.values())) {
            if (late.isLate(nowMillis)) {
                requests.remove(late.id);
                Peer peer = peers.get(late.peer);
                if (peer != null) {
                    peer.busy = false;
                    peer.shunnedUntil = nowMillis + PAUSE_MILLIS;
                }
            }
        }
        ask(tipHeight, nowMillis);
    }

    /** Takes a reply; throws if it does not decode, and then its sender is not asked again for a while. */
    void receive(String from, BlocksReply reply, long tipHeight, long nowMillis) throws MalformedException {
        Request request = requests.get(reply.getRequest());
        if (request == null || !request.peer.equals(from)) {
            return;
        }
        requests.remove(reply.getRequest());
        Peer peer = peer(from);
        peer.busy = false;
        if (reply.getBlocksCount() > request.count) {
            throw shun(from, nowMillis, "it sent more blocks than asked for");
        }
        if (reply.getBlocksCount() == 0) {
            peer.height = Math.min(peer.height, request.from - 1);
            peer.shunnedUntil = nowMillis + PAUSE_MILLIS;
        }
        long height = request.from;
        for (DecidedBlock decided : reply.getBlocksList()) {
            SyncedBlock block = decode(from, decided, nowMillis);
            if (block.header().height() != height) {
                throw shun(from, nowMillis, "it sent block " + block.header().height() + " for " + height);
            }
            keep(block, tipHeight);
            height++;
        }
        ask(tipHeight, nowMillis);
    }

    private SyncedBlock decode(String from, DecidedBlock decided, long nowMillis) throws MalformedException {
        try {
            BlockHeader header = BlockHeader.decode(decided.getHeader().toByteArray());
            return new SyncedBlock(
                    from,
                    header,
                    header.hash(),
                    decided.getBody().toByteArray(),
                    QuorumCertificate.decode(decided.getCommitQc().toByteArray()));
        } catch (MalformedException malformed) {
            throw shun(from, nowMillis, String.valueOf(malformed.getMessage()));
        }
    }

    private void keep(SyncedBlock block, long tipHeight) {
        long height = block.header().height();
        if (height > tipHeight && !buffer.containsKey(height)) {
            buffer.put(height, block);
            bufferedBytes += block.body().length;
        }
    }

    /** Call after each new tip, from sync or from consensus. */
    void advanced(long tipHeight, long nowMillis) {
        while (!buffer.isEmpty() && buffer.firstKey() <= tipHeight) {
            SyncedBlock done = buffer.pollFirstEntry().getValue();
            bufferedBytes -= done.body().length;
            certain.remove(done.hash());
        }
        if (buffer.isEmpty()) {
            certain.clear();
            bufferedBytes = 0;
        }
        ask(tipHeight, nowMillis);
    }

    /** The block after the tip, if it is here and certain. */
    Next next(long tipHeight, Hash tipHash, ValidatorSets sets, long nowMillis) {
        SyncedBlock block = buffer.get(tipHeight + 1);
        if (block == null) {
            return new Next.Nothing();
        }
        if (!block.header().parentHash().equals(tipHash)) {
            return blame(block, nowMillis, "block " + block.header().height() + " does not follow this node's tip");
        }
        if (!certain.containsKey(block.hash())) {
            verifyStretch(block, sets.next());
        }
        QuorumCertificate verified = certain.get(block.hash());
        if (verified != null) {
            return new Next.Certain(block.with(verified));
        }
        if (certified(block, sets.next())) {
            return new Next.Certain(block);
        }
        return blame(block, nowMillis, "block " + block.header().height() + " has no valid commit certificate");
    }

    /**
     * Verifies the newest certificate of the stretch that starts here under one set, and links back from it. What the
     * sender gave as certificates of the blocks before is not verified and not used: each following header, certain now,
     * holds one that a quorum verified.
     */
    private void verifyStretch(SyncedBlock first, ValidatorSet set) {
        List<SyncedBlock> stretch = new ArrayList<>();
        SyncedBlock last = first;
        stretch.add(first);
        Hash setHash = set.hash();
        for (SyncedBlock next = buffer.get(last.header().height() + 1);
                next != null
                        && next.header().parentHash().equals(last.hash())
                        && next.header().validatorSetHash().equals(setHash);
                next = buffer.get(last.header().height() + 1)) {
            stretch.add(next);
            last = next;
        }
        if (stretch.size() < 2 || !certified(last, set)) {
            return;
        }
        certain.put(last.hash(), last.commitQc());
        for (int i = 1; i < stretch.size(); i++) {
            certain.put(
                    stretch.get(i - 1).hash(),
                    stretch.get(i).header().parentQc().orElseThrow());
        }
    }

    private boolean certified(SyncedBlock block, ValidatorSet set) {
        return block.certificateNamesIt()
                && block.commitQc().type() == VoteType.COMMIT
                && block.header().validatorSetHash().equals(set.hash())
                && block.commitQc().verify(chainId, set, verifier);
    }

    /** A block turned out to be wrong after all: everything of its sender goes. */
    Next blame(SyncedBlock block, long nowMillis, String reason) {
        shun(block.sender(), nowMillis, reason);
        return new Next.Blamed(block.sender(), reason);
    }

    private MalformedException shun(String name, long nowMillis, String reason) {
        Peer peer = peer(name);
        peer.shunnedUntil = nowMillis + SHUN_MILLIS;
        peer.busy = false;
        requests.values().removeIf(request -> request.peer.equals(name));
        for (SyncedBlock block : List.copyOf(buffer.values())) {
            if (block.sender().equals(name)) {
                buffer.remove(block.header().height());
                bufferedBytes -= block.body().length;
            }
        }
        certain.clear();
        return new MalformedException(reason);
    }

    private void ask(long tipHeight, long nowMillis) {
        if (target <= tipHeight) {
            return;
        }
        long height = tipHeight + 1;
        for (int range = 0; range < MAX_RANGES_AHEAD && height <= target; range++) {
            height = firstGap(height);
            if (height > target || bufferedBytes >= MAX_BUFFERED_BYTES && height > tipHeight + 1) {
                return;
            }
            Optional<String> peer = idle(height, nowMillis);
            if (peer.isEmpty()) {
                return;
            }
            request(peer.get(), peer(peer.get()), height, nowMillis);
        }
    }

    /** The first height from here on that is neither held nor asked for. */
    private long firstGap(long from) {
        long height = from;
        boolean moved = true;
        while (moved) {
            moved = false;
            while (buffer.containsKey(height)) {
                height++;
                moved = true;
            }
            for (Request request : requests.values()) {
                if (height >= request.from && height < request.from + request.count) {
                    height = request.from + request.count;
                    moved = true;
                }
            }
        }
        return height;
    }

    /** The peer that was asked longest ago, of those that should have the height. */
    private Optional<String> idle(long height, long nowMillis) {
        Optional<String> best = Optional.empty();
        long oldest = Long.MAX_VALUE;
        for (Map.Entry<String, Peer> entry : peers.entrySet()) {
            Peer peer = entry.getValue();
            if (!peer.busy && !peer.isShunned(nowMillis) && peer.height >= height && peer.lastAsked < oldest) {
                best = Optional.of(entry.getKey());
                oldest = peer.lastAsked;
            }
        }
        return best;
    }

    private void request(String name, Peer peer, long from, long nowMillis) {
        long id = nextRequest++;
        Map.Entry<Long, SyncedBlock> held = buffer.ceilingEntry(from);
        int count = held == null ? RANGE : (int) Math.min(RANGE, Math.max(1, held.getKey() - from));
        peer.busy = true;
        peer.lastAsked = id;
        requests.put(id, new Request(id, name, from, count, nowMillis + REQUEST_TIMEOUT_MILLIS));
        send.accept(
                name,
                PeerFrame.newBuilder()
                        .setFetchBlocks(FetchBlocks.newBuilder()
                                .setFromHeight(from)
                                .setCount(count)
                                .setRequest(id))
                        .build());
    }

    private Peer peer(String name) {
        return peers.computeIfAbsent(name, any -> new Peer());
    }

    private record Request(long id, String peer, long from, int count, long deadline) {
        /** A clock that was set back must not make a node wait for as long again. */
        boolean isLate(long nowMillis) {
            return deadline <= nowMillis || deadline - nowMillis > REQUEST_TIMEOUT_MILLIS;
        }
    }

    private static final class Peer {
        long height;
        long shunnedUntil;
        long lastAsked;
        boolean busy;

        boolean isShunned(long nowMillis) {
            return shunnedUntil > nowMillis && shunnedUntil - nowMillis <= SHUN_MILLIS;
        }
    }
}
