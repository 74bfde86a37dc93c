package io.consilium.node.api;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.MerklePath;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.proto.BlockBody;
import io.consilium.storage.ChainReader;
import io.consilium.storage.StoredBlock;
import io.consilium.storage.TxLocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Receipt proofs of committed transactions (INT-1). Many callers wait for one block, so the trees of the newest blocks
 * asked for are kept, a bounded number of blocks and bytes of them.
 */
public final class BlockProofs {
    private static final long MAX_CACHED_BYTES = 32L * 1024 * 1024;

    private final int maxBlocks;
    private final Map<Long, Trees> cache = new LinkedHashMap<>(16, 0.75f, true);
    private long cachedBytes;

    /** Held while a block is taken apart, so that those who wait for the same block do it once. */
    private final Object reading = new Object();

    public BlockProofs(int maxBlocks) {
        this.maxBlocks = maxBlocks;
    }

    /** A block taken apart. */
    record Trees(
            CertifiedHeader certified,
            List<byte[]> transactions,
            List<byte[]> receipts,
            MerkleLevels transactionTree,
            MerkleLevels receiptTree,
            long bytes) {}

    /** Header and certificate of a height; empty where there is no block. */
    static Optional<CertifiedHeader> certified(ChainReader chain, long height) {
        Optional<byte[]> header = chain.header(height);
        Optional<byte[]> qc = chain.commitQc(height);
        if (header.isEmpty() || qc.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(certified(header.get(), qc.get()));
    }

    private static CertifiedHeader certified(byte[] header, byte[] commitQc) {
        try {
            // The founding validators decide every block until governance can change them.
            return new CertifiedHeader(BlockHeader.decode(header), QuorumCertificate.decode(commitQc), List.of());
        } catch (MalformedException e) {
            throw new IllegalStateException("a stored header or certificate cannot be read; check the database", e);
        }
    }

    /** The canonical proof of the transaction at a place of the chain. */
    public byte[] receiptProof(ChainReader chain, TxLocation place) {
        Trees trees = trees(chain, place.height());
        int i = place.index();
        return new ReceiptProof(
                        trees.transactions().get(i),
                        MerklePath.of(trees.transactionTree().proof(i)),
                        trees.receipts().get(i),
                        MerklePath.of(trees.receiptTree().proof(i)),
                        trees.certified())
                .encode();
    }

    Trees trees(ChainReader chain, long height) {
        Optional<Trees> cached = cached(height);
        if (cached.isPresent()) {
            return cached.get();
        }
        synchronized (reading) {
            Optional<Trees> meanwhile = cached(height);
            if (meanwhile.isPresent()) {
                return meanwhile.get();
            }
            Trees trees = read(chain, height);
            keep(height, trees);
            return trees;
        }
    }

    private Optional<Trees> cached(long height) {
        synchronized (cache) {
            return Optional.ofNullable(cache.get(height));
        }
    }

    private void keep(long height, Trees trees) {
        synchronized (cache) {
            if (cache.put(height, trees) == null) {
                cachedBytes += trees.bytes();
            }
            var oldest = cache.entrySet().iterator();
            while (cache.size() > 1 && (cache.size() > maxBlocks || cachedBytes > MAX_CACHED_BYTES)) {
                cachedBytes -= oldest.next().getValue().bytes();
                oldest.remove();
            }
        }
    }

    private static Trees read(ChainReader chain, long height) {
        StoredBlock block = chain.block(height)
                .orElseThrow(() -> new IllegalStateException("block " + height + " is indexed and not stored"));
        List<byte[]> transactions = transactions(block);
        List<Hash> transactionLeaves = leaves(transactions.stream());
        List<Hash> receiptLeaves = leaves(block.receipts().stream());
        return new Trees(
                certified(block.header(), block.commitQc()),
                transactions,
                block.receipts(),
                new MerkleLevels(transactionLeaves),
                new MerkleLevels(receiptLeaves),
                // Twice 64 bytes a leaf and inner node, and the bytes themselves.
                block.body().length + 512L * transactions.size());
    }

    static List<byte[]> transactions(StoredBlock block) {
        try {
            return BlockBody.parseFrom(block.body()).getTransactionsList().stream()
                    .map(com.google.protobuf.ByteString::toByteArray)
                    .toList();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "the body of block " + block.height() + " cannot be read; check the database", e);
        }
    }

    private static List<Hash> leaves(Stream<byte[]> leaves) {
        return leaves.map(MerkleTree::leafHash).toList();
    }
}
