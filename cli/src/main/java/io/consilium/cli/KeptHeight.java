package io.consilium.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.consilium.client.ClientException;
import io.consilium.client.SeenHeight;
import io.consilium.crypto.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The height that commands of this user have seen, under the home directory, one file for each chain. One that is not there,
 * cannot be used or cannot be written costs no more than what it is for: the next command may read a node that is behind.
 * A command that asks no node, such as one that checks a receipt offline, writes none.
 */
final class KeptHeight implements SeenHeight {
    private static final int MAX_BYTES = 32;
    private static final int NAME_DIGITS = 32;

    private final Path file;
    private final Consumer<String> notes;
    private long height;
    private boolean asked;

    /** @param notes what could not be read or written, for those who want to know */
    KeptHeight(Path file, Consumer<String> notes) {
        this.file = file;
        this.notes = notes;
    }

    static KeptHeight of(Session session) throws ClientException {
        String chain = session.genesisToVerify().chainId().hex().substring(0, NAME_DIGITS);
        return new KeptHeight(session.context().home().resolve("seen").resolve(chain), session.output()::detail);
    }

    @Override
    public synchronized long height() {
        if (!asked) {
            asked = true;
            height = Files.exists(file) ? read() : 0;
        }
        return height;
    }

    @Override
    public synchronized void proven(long proven) {
        if (!asked || proven <= height) {
            return;
        }
        height = proven;
        try {
            PrivateFile.directoriesOf(file);
            Files.writeString(file, Long.toString(proven));
        } catch (IOException failed) {
            notes.accept(file + " cannot be written: " + PrivateFile.reason(failed));
        }
    }

    private long read() {
        try {
            return Math.max(0, Long.parseLong(new String(PrivateFile.read(file, MAX_BYTES), US_ASCII)));
        } catch (IOException unreadable) {
            notes.accept(file + " cannot be read: " + PrivateFile.reason(unreadable));
        } catch (NumberFormatException torn) {
            notes.accept(file + " holds no height; the next write replaces it");
        }
        return 0;
    }
}
