package io.consilium.cli;

import io.consilium.client.BlindingKeys;
import io.consilium.client.ClientException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import io.consilium.ledger.state.StateKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keys that were granted, under the home directory, as the chain holds them: sealed to one member. They save {@code drug
 * verify} a request; a file that is not there, cannot be used or cannot be written costs one.
 */
final class KeptKeys implements BlindingKeys.Kept {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final int NAME_DIGITS = 32;

    private final Path directory;
    private final String member;
    private final Consumer<String> notes;

    /** @param notes what could not be read or written, for those who want to know */
    KeptKeys(Path directory, String member, Consumer<String> notes) {
        this.directory = directory;
        this.member = member;
        this.notes = notes;
    }

    static KeptKeys of(Session session) throws ClientException {
        Path directory = session.context()
                .home()
                .resolve("granted")
                .resolve(session.genesis().chainId().hex().substring(0, NAME_DIGITS));
        return new KeptKeys(directory, session.identity().actor(), session.output()::detail);
    }

    @Override
    public Optional<byte[]> find(StateKey key) {
        Path file = file(key);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(PrivateFile.read(file, MAX_BYTES));
        } catch (IOException unreadable) {
            notes.accept(file + " cannot be read: " + PrivateFile.reason(unreadable));
            return Optional.empty();
        }
    }

    @Override
    public void keep(StateKey key, byte[] value) {
        try {
            PrivateFile.directories(directory);
            PrivateFile.replace(file(key), value);
        } catch (IOException failed) {
            notes.accept(directory + " cannot be written: " + PrivateFile.reason(failed));
        }
    }

    /** What the key names nobody else can tell, so the file's name does not say it either. */
    private Path file(StateKey key) {
        return directory.resolve(Hash.sha256((member + "\n" + key).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, NAME_DIGITS));
    }
}
