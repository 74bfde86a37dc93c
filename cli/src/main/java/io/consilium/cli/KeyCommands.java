package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.WrongPasswordException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium key}: keystore files of members and patients. */
@Command(
        addMethodSubcommands = false,
        name = "key",
        description = "Make and keep keys: a keystore holds a signing and an encryption key, encrypted by a password.",
        footer = {"  consilium key new keys/dr-adams.keystore", "  consilium key show keys/dr-adams.keystore"})
final class KeyCommands {
    private static final String SUFFIX = ".keystore";
    private static final int MAX_LISTED = 1_000;

    private final Session session;

    KeyCommands(Session session) {
        this.session = session;
    }

    /** How hard each guess of the password is made. */
    enum CostChoice {
        standard(Keystore.Cost.STANDARD),
        devnet(Keystore.Cost.DEVNET);

        private final Keystore.Cost cost;

        CostChoice(Keystore.Cost cost) {
            this.cost = cost;
        }

        Keystore.Cost cost() {
            return cost;
        }
    }

    @Command(
            name = "new",
            description = "Make a keystore with fresh keys.",
            footer = {
                "  consilium key new keys/dr-adams.keystore",
                "  consilium key new keys/dr-adams.keystore --password-file pw.txt -o json"
            })
    int new_(
            @Parameters(paramLabel = "FILE", description = "Keystore to write; it must not exist.") Path file,
            @Option(
                            names = "--cost",
                            defaultValue = "standard",
                            paramLabel = "COST",
                            description = "standard, or devnet: quick to open and weak (default standard).")
                    CostChoice cost)
            throws Exception {
        UserFiles.requireAbsent(file);
        char[] password = new Passwords(session).fresh(Optional.empty());
        UserFiles.parentOf(file);
        FreshKeys.create(file, password, cost.cost);
        session.output().result(describe(file));
        return 0;
    }

    @Command(
            name = "show",
            description = "Show a keystore's public keys; no password is needed.",
            footer = {"  consilium key show keys/dr-adams.keystore", "  consilium --context st-mary/admin key show"})
    int show(
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            description = "Keystore to show (default: --key or the context's).")
                    Optional<Path> file)
            throws Exception {
        session.output().result(describe(named(file)));
        return 0;
    }

    @Command(
            name = "list",
            description = "List the keystores of a directory.",
            footer = {"  consilium key list", "  consilium key list ./keys -o json"})
    int list(
            @Parameters(
                            paramLabel = "DIRECTORY",
                            arity = "0..1",
                            description = "Directory to look into (default: keys under CONSILIUM_HOME).")
                    Optional<Path> directory)
            throws Exception {
        Path where = directory.orElse(session.context().home().resolve("keys"));
        List<Map<String, Object>> items = new ArrayList<>();
        if (directory.isPresent() && !Files.isDirectory(where)) {
            throw new ClientException(
                    FailureClass.USAGE, "DIRECTORY_MISSING", "There is no directory " + where, "Check the path");
        }
        if (Files.isDirectory(where)) {
            try (Stream<Path> entries = Files.list(where)) {
                for (Path file : entries.filter(path -> path.toString().endsWith(SUFFIX))
                        .sorted()
                        .limit(MAX_LISTED)
                        .toList()) {
                    items.add(describe(file));
                }
            }
        }
        session.output().list(List.of("file", "signing", "encryption", "lowCost"), items, Optional.empty());
        return 0;
    }

    @Command(
            name = "change-password",
            description = "Encrypt a keystore under another password.",
            footer = {
                "  consilium key change-password keys/dr-adams.keystore",
                "  consilium key change-password keys/a.keystore --password-file old.txt --new-password-file new.txt"
            })
    int changePassword(
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            description = "Keystore to change (default: --key or the context's).")
                    Optional<Path> file,
            @Option(
                            names = "--new-password-file",
                            paramLabel = "FILE",
                            description = "File with the new password on its first line.")
                    Optional<Path> newPasswordFile,
            @Option(
                            names = "--cost",
                            defaultValue = "standard",
                            paramLabel = "COST",
                            description = "standard, or devnet: quick to open and weak (default standard).")
                    CostChoice cost)
            throws Exception {
        Path keystore = named(file);
        Passwords passwords = new Passwords(session);
        Keystore.Secrets secrets;
        try {
            secrets = Keystore.read(keystore, passwords.of(keystore));
        } catch (WrongPasswordException wrong) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "WRONG_PASSWORD",
                            "The password does not open " + keystore,
                            "Check --password-file or CONSILIUM_PASSWORD_FILE")
                    .causedBy(wrong);
        } catch (CryptoException broken) {
            throw unreadable(broken);
        }
        char[] fresh = newPasswordFile.isPresent()
                ? Passwords.read(newPasswordFile.get())
                : Passwords.askTwice("Give --new-password-file FILE");
        Keystore.write(keystore, fresh, cost.cost, secrets);
        secrets.clear();
        session.output().result(describe(keystore));
        return 0;
    }

    private Path named(Optional<Path> file) throws ClientException {
        Path path = file.isPresent()
                ? file.get()
                : session.context()
                        .key()
                        .orElseThrow(() -> new ClientException(
                                FailureClass.USAGE, "KEY_MISSING", "No keystore is named", "Give FILE, or --key FILE"));
        return UserFiles.existing(path.toString());
    }

    /** What the file says in clear. */
    static Map<String, Object> describe(Path file) throws ClientException {
        try {
            Keystore.Header header = Keystore.describe(file);
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("file", file.toString());
            object.putAll(header.publicKeys());
            object.put("memoryKib", header.cost().memoryKib());
            object.put("iterations", header.cost().iterations());
            object.put("lowCost", header.cost().isLow());
            return object;
        } catch (KeystoreException broken) {
            throw unreadable(broken);
        }
    }

    private static ClientException unreadable(CryptoException broken) {
        return new ClientException(
                        FailureClass.USAGE,
                        "KEYSTORE_UNREADABLE",
                        String.valueOf(broken.getMessage()),
                        "Name a keystore that consilium made")
                .causedBy(broken);
    }
}
