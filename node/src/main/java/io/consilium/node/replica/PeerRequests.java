package io.consilium.node.replica;

import com.google.protobuf.ByteString;
import io.consilium.consensus.ProposedBlock;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.BlocksReply;
import io.consilium.proto.BodyReply;
import io.consilium.proto.DecidedBlock;
import io.consilium.proto.FetchBlocks;
import io.consilium.proto.FetchBody;
import io.consilium.proto.FetchTransactions;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.TransactionBatch;
import io.consilium.storage.ChainReader;
import io.consilium.storage.StoredBlock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Answers what peers ask for: transactions, an undecided body, ranges of decided blocks. Every answer is bounded, that of
 * transactions by what one block may hold.
 */
final class PeerRequests {
    /** Of one reply; a body or block larger than this travels alone. */
    static final int MAX_REPLY_BYTES = 2 << 20;

    private PeerRequests() {}

    /** The transactions that are at hand, in as many frames as they need. */
    static List<PeerFrame> transactions(
            FetchTransactions request, int maxBytes, Function<Hash, Optional<ParsedTransaction>> known)
            throws MalformedException {
        if (request.getHashesCount() > MessageFrames.MAX_TRANSACTION_HASHES) {
            throw new MalformedException("a request for " + request.getHashesCount() + " transactions");
        }
        Set<ByteString> asked = new HashSet<>();
        List<ParsedTransaction> found = new ArrayList<>();
        int bytes = 0;
        for (ByteString hash : request.getHashesList()) {
            if (!asked.add(hash)) {
                throw new MalformedException("a request that names a transaction twice");
            }
            Optional<ParsedTransaction> transaction = known.apply(MessageFrames.hash(hash));
            bytes += transaction.map(ParsedTransaction::size).orElse(0);
            if (bytes > maxBytes) {
                break;
            }
            transaction.ifPresent(found::add);
        }
        return split(found).stream()
                .map(batch ->
                        PeerFrame.newBuilder().setFetchedTransactions(batch).build())
                .toList();
    }

    /** New transactions in frames of bounded size. */
    static List<PeerFrame> batches(List<ParsedTransaction> transactions) {
        return split(transactions).stream()
                .map(batch -> PeerFrame.newBuilder().setTransactions(batch).build())
                .toList();
    }

    private static List<TransactionBatch> split(List<ParsedTransaction> transactions) {
        List<TransactionBatch> batches = new ArrayList<>();
        TransactionBatch.Builder batch = TransactionBatch.newBuilder();
        int bytes = 0;
        for (ParsedTransaction transaction : transactions) {
            if (bytes > 0 && bytes + transaction.size() > MAX_REPLY_BYTES) {
                batches.add(batch.build());
                batch = TransactionBatch.newBuilder();
                bytes = 0;
            }
            batch.addTransactions(MessageFrames.shared(transaction.signedBytes()));
            bytes += transaction.size();
        }
        if (bytes > 0) {
            batches.add(batch.build());
        }
        return batches;
    }

    static PeerFrame body(FetchBody request, Function<Hash, Optional<ProposedBlock>> held) throws MalformedException {
        BodyReply.Builder reply = BodyReply.newBuilder().setBlockHash(request.getBlockHash());
        held.apply(MessageFrames.hash(request.getBlockHash())).ifPresent(block -> reply.setFound(true)
                .setHeader(MessageFrames.shared(block.header().encode()))
                .setBody(MessageFrames.shared(block.body())));
        return PeerFrame.newBuilder().setBody(reply).build();
    }

    /** Decided blocks from a height on, as many as were asked for and fit. */
    static PeerFrame blocks(FetchBlocks request, ChainReader chain) throws MalformedException {
        if (request.getFromHeight() < 1 || request.getCount() < 1 || request.getCount() > BlockSync.RANGE) {
            throw new MalformedException("a request for " + Integer.toUnsignedString(request.getCount())
                    + " blocks from height " + request.getFromHeight());
        }
        long tip = chain.tipHeight();
        BlocksReply.Builder reply =
                BlocksReply.newBuilder().setRequest(request.getRequest()).setTipHeight(tip);
        long end = Math.min(tip, request.getFromHeight() + request.getCount() - 1);
        int bytes = 0;
        for (long height = request.getFromHeight(); height <= end && height > 0; height++) {
            StoredBlock block = chain.block(height).orElseThrow();
            bytes += block.header().length + block.body().length + block.commitQc().length;
            if (bytes > MAX_REPLY_BYTES && reply.getBlocksCount() > 0) {
                break;
            }
            reply.addBlocks(DecidedBlock.newBuilder()
                    .setHeader(MessageFrames.shared(block.header()))
                    .setBody(MessageFrames.shared(block.body()))
                    .setCommitQc(MessageFrames.shared(block.commitQc())));
        }
        return PeerFrame.newBuilder().setBlocks(reply).build();
    }
}
