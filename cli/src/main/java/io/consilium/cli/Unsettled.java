package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Transactions that were sent and whose outcome this user has not seen, kept under the home directory.
 *
 * <p>Only the body says until when a transaction can be applied (TX-2), so without these files nobody could tell when an
 * unknown one has finally expired (TX-3).
 */
final class Unsettled {
    private final Path directory;

    Unsettled(Path home) {
        this.directory = home.resolve("unsettled");
    }

    void keep(Hash txId, byte[] signed) throws ClientException {
        try {
            PrivateFile.directories(directory);
            PrivateFile.replace(file(txId), signed);
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "HOME_UNWRITABLE",
                            directory + " cannot be written: " + PrivateFile.reason(failed),
                            "Set CONSILIUM_HOME to a directory of yours; the transaction is " + txId.hex())
                    .causedBy(failed);
        }
    }

    Optional<ParsedTransaction> find(Hash txId) throws IOException, MalformedTransaction {
        Path file = file(txId);
        return Files.exists(file)
                ? Optional.of(ParsedTransaction.parse(PrivateFile.read(file, ParsedTransaction.MAX_BYTES)))
                : Optional.empty();
    }

    /** Forgets a transaction whose outcome is final. */
    void settle(Hash txId) throws IOException {
        Files.deleteIfExists(file(txId));
    }

    private Path file(Hash txId) {
        return directory.resolve(txId.hex() + ".tx");
    }
}
