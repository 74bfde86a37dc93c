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

/**
 * Keys that were granted, under the home directory, as the chain holds them: sealed to one member. They save {@code drug
 * verify} a request; a file that is not there, or cannot be written, costs one.
 */
final class KeptKeys implements BlindingKeys.Kept {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final int NAME_DIGITS = 32;

    private final Session session;
    private final Path directory;
    private final String member;

    KeptKeys(Session session) throws ClientException {
        this.session = session;
        this.directory = session.context()
                .home()
                .resolve("granted")
                .resolve(session.genesis().chainId().hex().substring(0, NAME_DIGITS));
        this.member = session.identity().actor();
    }

    @Override
    public Optional<byte[]> find(StateKey key) {
        Path file = file(key);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(PrivateFile.read(file, MAX_BYTES)).filter(bytes -> bytes.length > 0);
        } catch (IOException unreadable) {
            session.output().detail(file + " cannot be read: " + PrivateFile.reason(unreadable));
            return Optional.empty();
        }
    }

    @Override
    public void keep(StateKey key, byte[] value) {
        try {
            PrivateFile.directories(directory);
            PrivateFile.replace(file(key), value);
        } catch (IOException failed) {
            session.output().detail(directory + " cannot be written: " + PrivateFile.reason(failed));
        }
    }

    /** What the key names nobody else can tell, so the file's name does not say it either. */
    private Path file(StateKey key) {
        return directory.resolve(Hash.sha256((member + "\n" + key).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, NAME_DIGITS));
    }
}
