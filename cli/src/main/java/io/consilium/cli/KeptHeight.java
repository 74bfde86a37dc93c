package io.consilium.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.consilium.client.ClientException;
import io.consilium.client.SeenHeight;
import io.consilium.crypto.PrivateFile;
import java.io.IOException;
import java.net.URI;
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
    private final Consumer<String> warnings;
    private final Consumer<String> notes;
    private long kept;
    private long height;
    private boolean asked;

    /**
     * @param warnings what everybody should know
     * @param notes what could not be read or written, for those who want to know
     */
    KeptHeight(Path file, Consumer<String> warnings, Consumer<String> notes) {
        this.file = file;
        this.warnings = warnings;
        this.notes = notes;
    }

    static KeptHeight of(Session session) throws ClientException {
        String chain = session.genesisToVerify().chainId().hex().substring(0, NAME_DIGITS);
        return new KeptHeight(
                session.context().home().resolve("seen").resolve(chain),
                session.output()::say,
                session.output()::detail);
    }

    @Override
    public synchronized long height() {
        if (!asked) {
            asked = true;
            kept = read();
            height = kept;
        }
        return height;
    }

    @Override
    public synchronized void proven(long proven) {
        if (asked) {
            height = Math.max(height, proven);
        }
    }

    @Override
    public void missed(URI node, long at) {
        warnings.accept("The node at " + node + " is at height " + at + ", behind the height " + height()
                + " that you have seen: what it answers may be older than what you know");
    }

    /** Writes what this command has seen, unless another one saw more meanwhile. */
    synchronized void keep() {
        if (height <= kept || height <= read()) {
            return;
        }
        try {
            PrivateFile.directoriesOf(file);
            PrivateFile.replace(file, Long.toString(height).getBytes(US_ASCII));
            kept = height;
        } catch (IOException failed) {
            notes.accept(file + " cannot be written: " + PrivateFile.reason(failed));
        }
    }

    private long read() {
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            return Math.max(0, Long.parseLong(new String(PrivateFile.read(file, MAX_BYTES), US_ASCII)));
        } catch (IOException unreadable) {
            notes.accept(file + " cannot be read: " + PrivateFile.reason(unreadable));
        } catch (NumberFormatException none) {
            notes.accept(file + " holds no height; the next write replaces it");
        }
        return 0;
    }
}
