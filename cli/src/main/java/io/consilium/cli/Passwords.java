package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.PrivateFile;
import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Where a keystore's password comes from: a file, or the terminal if there is one; never a prompt without. */
final class Passwords {
    private static final int MAX_BYTES = 4096;

    private final Session session;

    Passwords(Session session) {
        this.session = session;
    }

    /** The password of an existing keystore. */
    char[] of(Path keystore) throws ClientException {
        Optional<Path> file = session.context().passwordFile();
        return file.isPresent()
                ? read(file.get())
                : ask("Password of " + keystore + ": ", "Give --password-file FILE or set CONSILIUM_PASSWORD_FILE");
    }

    /** The password for a new keystore, asked for twice. */
    char[] fresh(Optional<Path> file) throws ClientException {
        Optional<Path> named = file.isPresent() ? file : session.context().passwordFile();
        if (named.isPresent()) {
            return read(named.get());
        }
        return askTwice("Give --password-file FILE or set CONSILIUM_PASSWORD_FILE");
    }

    /** A new password from the terminal. */
    static char[] askTwice(String otherwise) throws ClientException {
        char[] first = ask("New password: ", otherwise);
        char[] second = ask("The same again: ", otherwise);
        if (!Arrays.equals(first, second)) {
            throw new ClientException(
                    FailureClass.USAGE, "PASSWORDS_DIFFER", "The two passwords differ", "Run the command again");
        }
        return first;
    }

    /** The first line of the file. */
    static char[] read(Path file) throws ClientException {
        byte[] bytes;
        try {
            bytes = PrivateFile.read(file, MAX_BYTES);
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "PASSWORD_FILE_UNREADABLE",
                            "The password file " + file + " cannot be read: " + PrivateFile.reason(failed),
                            "Check --password-file or CONSILIUM_PASSWORD_FILE")
                    .causedBy(failed);
        }
        CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
        int end = 0;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        char[] password = new char[end];
        text.get(password);
        Arrays.fill(bytes, (byte) 0);
        if (password.length == 0) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "PASSWORD_EMPTY",
                    "The password file " + file + " has an empty first line",
                    "Write the password on its first line");
        }
        return password;
    }

    private static char[] ask(String prompt, String otherwise) throws ClientException {
        Console console = System.console();
        char[] password = console == null ? null : console.readPassword("%s", prompt);
        if (password == null) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "PASSWORD_MISSING",
                    "A password is needed and there is no terminal to ask on",
                    otherwise);
        }
        return password;
    }
}
