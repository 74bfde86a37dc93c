package io.consilium.node.replica;

import com.google.protobuf.ByteString;
import io.consilium.consensus.Effect;
import io.consilium.consensus.ProposedBlock;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.BlockBody;
import io.consilium.proto.BodyReply;
import io.consilium.proto.FetchBody;
import io.consilium.proto.FetchTransactions;
import io.consilium.proto.PeerFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Puts together the bodies of blocks whose proposals named only hashes (BFT-13): from the mempool, then the leader, then
 * the others in turn; consensus repeats its wish until the body is there, and each repetition asks the next peer.
 */
final class BodyFetcher {
    /** Undecided blocks of one height that are worth waiting for; the oldest wish gives way. */
    static final int MAX_WANTED = 4;

    /** How long transactions that a proposal names are waited for before they are asked for. */
    static final long GRACE_MILLIS = 25;

    /** Attempts by transaction hashes before the whole body is asked for. */
    private static final int HASH_ATTEMPTS = 3;

    private final Function<Hash, Optional<ParsedTransaction>> known;
    private final BiConsumer<String, PeerFrame> send;
    private final Map<Hash, Wanted> wanted = new LinkedHashMap<>();

    /** {@code known} finds a transaction by its leaf hash; {@code send} asks one peer. */
    BodyFetcher(Function<Hash, Optional<ParsedTransaction>> known, BiConsumer<String, PeerFrame> send) {
        this.known = known;
        this.send = send;
    }

    /** Starts or repeats a wish; gives the block at once if every transaction is at hand. */
    Optional<ProposedBlock> fetch(Effect.FetchBody wish, List<String> from) {
        Wanted block = wanted.computeIfAbsent(wish.blockHash(), hash -> new Wanted(wish));
        if (wanted.size() > MAX_WANTED) {
            wanted.remove(wanted.keySet().iterator().next());
        }
        block.missing.removeIf(leaf -> known.apply(leaf).map(block::take).isPresent());
        Optional<ProposedBlock> complete = complete(wish.blockHash(), block);
        if (complete.isEmpty()) {
            block.from = from;
            // Transactions that were sent to all are often only a moment behind the proposal that names them.
            boolean first = block.attempts == 0 && !block.hashes.isEmpty();
            block.waits = first;
            if (!first) {
                ask(wish.blockHash(), block);
            }
        }
        return complete;
    }

    boolean waitsBeforeAsking() {
        return wanted.values().stream().anyMatch(block -> block.waits);
    }

    /** The moment of grace is over. */
    void askMissing() {
        wanted.forEach((hash, block) -> {
            if (block.waits) {
                block.waits = false;
                ask(hash, block);
            }
        });
    }

    private void ask(Hash hash, Wanted block) {
        if (!block.from.isEmpty()) {
            String peer = block.from.get(block.attempts % block.from.size());
            boolean byHashes = !block.hashes.isEmpty() && block.attempts < HASH_ATTEMPTS;
            block.attempts++;
            send.accept(peer, byHashes ? askTransactions(block) : askBody(hash));
        }
    }

    private static PeerFrame askTransactions(Wanted block) {
        FetchTransactions.Builder ask = FetchTransactions.newBuilder();
        block.missing.forEach(leaf -> ask.addHashes(MessageFrames.bytes(leaf)));
        return PeerFrame.newBuilder().setFetchTransactions(ask).build();
    }

    private static PeerFrame askBody(Hash blockHash) {
        return PeerFrame.newBuilder()
                .setFetchBody(FetchBody.newBuilder().setBlockHash(MessageFrames.bytes(blockHash)))
                .build();
    }

    /** Offers transactions that arrived; gives the blocks that they completed. */
    List<ProposedBlock> offer(List<ParsedTransaction> transactions) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        for (ParsedTransaction transaction : transactions) {
            for (Wanted block : wanted.values()) {
                if (block.missing.remove(transaction.leafHash())) {
                    block.take(transaction);
                }
            }
        }
        List<ProposedBlock> completed = new ArrayList<>();
        for (Map.Entry<Hash, Wanted> entry : List.copyOf(wanted.entrySet())) {
            complete(entry.getKey(), entry.getValue()).ifPresent(completed::add);
        }
        return completed;
    }

    /** A whole block from a peer; empty unless it was wanted, and is what its header commits to: then others are asked. */
    Optional<ProposedBlock> offer(BodyReply reply) throws MalformedException {
        Hash hash = MessageFrames.hash(reply.getBlockHash());
        if (!reply.getFound() || !wanted.containsKey(hash)) {
            return Optional.empty();
        }
        BlockHeader header = BlockHeader.decode(reply.getHeader().toByteArray());
        if (!header.hash().equals(hash)) {
            throw new MalformedException("a block reply whose header has another hash");
        }
        byte[] body = reply.getBody().toByteArray();
        if (!BlockBodies.isBodyOf(header, body)) {
            return Optional.empty();
        }
        wanted.remove(hash);
        return Optional.of(new ProposedBlock(header, body));
    }

    void clear() {
        wanted.clear();
    }

    private Optional<ProposedBlock> complete(Hash hash, Wanted block) {
        if (block.header.isEmpty() || block.hashes.isEmpty() || !block.missing.isEmpty()) {
            return Optional.empty();
        }
        wanted.remove(hash);
        BlockBody.Builder body = BlockBody.newBuilder();
        block.hashes.forEach(leaf -> body.addTransactions(Objects.requireNonNull(block.bytes.get(leaf))));
        return Optional.of(new ProposedBlock(block.header.get(), body.build().toByteArray()));
    }

    private static final class Wanted {
        final Optional<BlockHeader> header;
        final List<Hash> hashes;
        final LinkedHashSet<Hash> missing;
        final Map<Hash, ByteString> bytes = new LinkedHashMap<>();
        List<String> from = List.of();
        boolean waits;
        int attempts;

        Wanted(Effect.FetchBody wish) {
            this.header = wish.header();
            // Hashes that do not make up the header's root would never complete the block: then the body is asked for.
            this.hashes = wish.header().isPresent()
                            && MerkleTree.root(wish.transactionHashes())
                                    .equals(wish.header().get().transactionsRoot())
                    ? wish.transactionHashes()
                    : List.of();
            this.missing = new LinkedHashSet<>(hashes);
        }

        boolean take(ParsedTransaction transaction) {
            bytes.put(transaction.leafHash(), MessageFrames.shared(transaction.signedBytes()));
            return true;
        }
    }
}
