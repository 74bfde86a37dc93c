package io.consilium.node.process;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PrivateFile;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.replica.HistoryReplay;
import io.consilium.node.replica.StateDifference;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.StorageFailure;
import io.consilium.storage.StoreException;
import io.consilium.storage.StoreVerification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Verifies the data directory of a stopped node offline: its whole history, by executing it once more, and then that all
 * that is stored can be read and is what the history led to.
 */
public final class HistoryAudit {
    private static final StoreVerification.Rules EXECUTED = new StoreVerification.Rules() {
        @Override
        public boolean decides(BlockHeader header, QuorumCertificate commitQc) {
            return true; // the replay has verified every certificate
        }

        @Override
        public Hash txId(byte[] signedTransaction) throws MalformedException {
            try {
                return ParsedTransaction.parse(signedTransaction).txId();
            } catch (MalformedTransaction malformed) {
                throw new MalformedException(String.valueOf(malformed.getMessage()));
            }
        }
    };

    private HistoryAudit() {}

    /**
     * What was found.
     *
     * @param fault height and reason of the first block that does not verify
     * @param changes of the block that was asked for
     */
    public record Report(
            Hash chainId,
            long height,
            Hash stateRoot,
            Optional<HistoryReplay.Fault> fault,
            Optional<StateDifference> changes) {}

    /**
     * Replays into a scratch directory beside the database, which is removed afterwards.
     *
     * @param verified is told each height that verified
     * @param observed height whose changes are wanted, 0 for none
     */
    public static Report run(NodeConfig config, long observed, LongConsumer verified) throws NodeStartException {
        GenesisState genesis = GenesisReader.read(config.genesis());
        Path scratchDirectory = scratch(config);
        try (RocksChainStore history = RocksChainStore.open(
                config.database(), genesis.chainId(), config.storage().bounds())) {
            RocksChainStore.initialise(
                    scratchDirectory, config.storage().bounds(), genesis, RocksChainStore.Start.OBSERVER);
            try (RocksChainStore scratch = RocksChainStore.open(
                    scratchDirectory, genesis.chainId(), config.storage().bounds())) {
                HistoryReplay replay = new HistoryReplay(history, scratch, genesis.chainId(), new Ed25519Verifier());
                replay.observe(observed);
                Optional<HistoryReplay.Fault> fault = replay.run(verified);
                if (fault.isEmpty()) {
                    requireWhole(config, history);
                }
                return new Report(
                        genesis.chainId(), history.tipHeight(), history.tip().stateRoot(), fault, replay.changes());
            }
        } catch (StoreException refused) {
            throw StartFailures.of(refused);
        } catch (StorageFailure unreadable) {
            throw StartFailures.damaged(config.database(), String.valueOf(unreadable.getMessage()));
        } finally {
            remove(scratchDirectory);
        }
    }

    private static void requireWhole(NodeConfig config, RocksChainStore history) throws NodeStartException {
        Optional<StoreVerification.Finding> damage =
                StoreVerification.verify(history, 1, EXECUTED, height -> {}).findings().stream()
                        .findFirst();
        if (damage.isPresent()) {
            throw StartFailures.damaged(config.database(), damage.get().what());
        }
    }

    private static Path scratch(NodeConfig config) throws NodeStartException {
        try {
            return Files.createTempDirectory(config.directory(), "verify-").resolve("db");
        } catch (IOException failed) {
            throw StartFailures.unreadable(
                    "the directory",
                    config.directory(),
                    PrivateFile.reason(failed),
                    "check its rights and the room on its disk",
                    failed);
        }
    }

    private static void remove(Path database) throws NodeStartException {
        Path directory = database.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalStateException("a scratch database stands in a directory");
        }
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw StartFailures.unreadable(
                    "the scratch directory",
                    directory,
                    PrivateFile.reason(failed),
                    "remove it by hand, nothing in it is needed",
                    failed);
        }
    }
}
