package io.consilium.storage;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateTree;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.proto.BlockBody;
import io.consilium.proto.GenesisDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Blocks with real headers, roots and tree updates, and certificates whose signatures nobody checks. */
final class TestChain {
    static final Hash ID = Hash.sha256(bytes("a test chain"));
    static final StateKey COUNTER = StateKey.of("counter");

    private TestChain() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static GenesisState genesis() {
        SortedMap<StateKey, byte[]> state = new TreeMap<>();
        state.put(COUNTER, bytes("0"));
        state.put(StateKey.of("institution/st-mary"), bytes("St Mary"));
        ValidatorSet validators =
                new ValidatorSet(0, List.of(new Validator("st-mary", PublicKey.ed25519(new byte[32]))));
        IndexEntry institution = new IndexEntry("institutions", bytes("st-mary"), new byte[0]);
        return new GenesisState(GenesisDocument.getDefaultInstance(), ID, state, validators, List.of(institution));
    }

    static void initialise(Path directory) throws StoreException {
        RocksChainStore.initialise(directory, StorageConfig.DEFAULT, genesis(), RocksChainStore.Start.GENESIS);
    }

    static RocksChainStore open(Path directory) throws StoreException {
        return RocksChainStore.open(directory, ID, StorageConfig.DEFAULT);
    }

    static RocksChainStore fresh(Path directory) throws StoreException {
        initialise(directory);
        return open(directory);
    }

    /** A key that exactly one block writes. */
    static StateKey object(long height, int index) {
        return StateKey.of("object/" + height + "/" + index);
    }

    static Hash txId(long height, int index) {
        return Hash.sha256(transaction(height, index));
    }

    private static byte[] transaction(long height, int index) {
        return bytes("transaction " + index + " of block " + height);
    }

    /** The block after the tip: each transaction writes an object of its own, and all of them the counter. */
    static DecidedBatch next(ChainStore store, int transactions) {
        SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>();
        long height = store.tipHeight() + 1;
        for (int i = 0; i < transactions; i++) {
            changes.put(object(height, i), Optional.of(bytes("value " + height + "/" + i)));
        }
        changes.put(COUNTER, Optional.of(bytes(Long.toString(height))));
        return next(store, transactions, changes);
    }

    static DecidedBatch next(ChainStore store, int transactions, SortedMap<StateKey, Optional<byte[]>> changes) {
        ChainTip tip = store.tip();
        long height = tip.height() + 1;
        BlockBody.Builder body = BlockBody.newBuilder();
        List<Hash> txIds = new ArrayList<>();
        List<Hash> leaves = new ArrayList<>();
        List<byte[]> receipts = new ArrayList<>();
        List<IndexEntry> index = new ArrayList<>();
        List<LedgerEvent> events = new ArrayList<>();
        for (int i = 0; i < transactions; i++) {
            byte[] transaction = transaction(height, i);
            body.addTransactions(ByteString.copyFrom(transaction));
            leaves.add(MerkleTree.leafHash(transaction));
            txIds.add(txId(height, i));
            receipts.add(bytes("receipt " + height + "/" + i));
            byte[] key = ByteBuffer.allocate(12).putLong(height).putInt(i).array();
            index.add(new IndexEntry("by-height", key, bytes("entry")));
            events.add(new LedgerEvent("made", List.of("st-mary"), key));
        }
        TreeUpdate tree = StateTree.update(store.nodes(), tip.height(), tip.stateRoot(), height, changes);
        BlockHeader header = new BlockHeader(
                BlockHeader.VERSION,
                ID,
                height,
                tip.blockHash(),
                height == 1 ? Optional.empty() : Optional.of(certificate(height - 1, tip.blockHash())),
                MerkleTree.root(leaves),
                tree.root(),
                MerkleTree.root(receipts.stream().map(MerkleTree::leafHash).toList()),
                Hash.ZERO,
                Hash.ZERO,
                height * 1000,
                0);
        return new DecidedBatch(
                header,
                certificate(height, header.hash()),
                body.build().toByteArray(),
                txIds,
                receipts,
                changes,
                tree,
                index,
                events);
    }

    static QuorumCertificate certificate(long height, Hash block) {
        return new QuorumCertificate(
                VoteType.COMMIT, height, 0, block, List.of(0, 1, 2), List.of(new byte[64], new byte[64], new byte[64]));
    }

    static VoteEntry vote(long height, int kind, String value) {
        return new VoteEntry(
                ByteBuffer.allocate(9).putLong(height).put((byte) kind).array(), bytes(value));
    }

    static BlockHeader header(ChainReader chain, long height) throws MalformedException {
        return BlockHeader.decode(chain.header(height).orElseThrow());
    }

    /**
     * What a crash at this moment would leave, unsynced bytes included. A compaction in the background may add and delete
     * files meanwhile, so the copy counts only if the directory is the same after it as before.
     */
    static Path image(Path directory, Path target) throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            Map<String, Long> before = sizes(directory);
            boolean whole = copied(directory, target);
            if (whole && sizes(directory).equals(before)) {
                return target;
            }
            delete(target);
        }
        throw new IOException(directory + " does not come to rest");
    }

    private static boolean copied(Path directory, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(directory.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            return true;
        } catch (NoSuchFileException | UncheckedIOException deletedMeanwhile) {
            return false;
        }
    }

    private static Map<String, Long> sizes(Path directory) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file) && !file.getFileName().toString().startsWith("LOG")) {
                    sizes.put(file.toString(), Files.size(file));
                }
            }
        } catch (NoSuchFileException | UncheckedIOException deletedMeanwhile) {
            sizes.put("a file was deleted meanwhile", System.nanoTime());
        }
        return sizes;
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
