package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.KeystoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The keystore of a member who is being added.
 *
 * @param fresh whether it is made here
 */
record NewKeystore(Path file, boolean fresh) {

    /** A file under the home directory that does not exist yet. */
    static NewKeystore plan(Session session, String member) throws ClientException {
        Path file = session.context().home().resolve("keys").resolve(member.replace('/', '-') + ".keystore");
        if (!session.options().dryRun) {
            UserFiles.requireAbsent(file);
        }
        return new NewKeystore(file, true);
    }

    /** Made with the cost that the acting member's keystore declares. */
    FreshKeys create(Session session, Optional<Path> passwordFile)
            throws ClientException, KeystoreException, IOException {
        Optional<Path> acting = session.context().key();
        Keystore.Cost cost =
                acting.isPresent() ? Keystore.describe(acting.get()).cost() : Keystore.Cost.STANDARD;
        char[] password = new Passwords(session).fresh(passwordFile);
        UserFiles.parentOf(file);
        return FreshKeys.create(file, password, cost);
    }

    /** Of a dry run there is no file, and keys that nobody keeps stand in. */
    FreshKeys keys() throws ClientException {
        return Files.exists(file) ? FreshKeys.of(file) : FreshKeys.none();
    }

    /** Writes a context for the member beside the acting one's. */
    void addContext(Session session, String member, Optional<Path> passwordFile) throws ClientException, IOException {
        Context acting = session.context();
        ContextFile known = ContextFile.read(acting.home());
        if (known.contexts().containsKey(member) || known.contexts().isEmpty()) {
            session.output().say("The member's keystore is " + file);
            return;
        }
        Map<String, ContextFile.Entry> contexts = new LinkedHashMap<>(known.contexts());
        contexts.put(
                member,
                new ContextFile.Entry(
                        acting.node().map(Object::toString),
                        Optional.of(member),
                        Optional.of(relative(acting.home(), file)),
                        passwordFile
                                .map(Path::toAbsolutePath)
                                .or(acting::passwordFile)
                                .map(path -> relative(acting.home(), path)),
                        acting.genesis().map(path -> relative(acting.home(), path))));
        new ContextFile(known.current(), contexts).write(acting.home());
        session.output().say("The member's keystore is " + file + ", the context '" + member + "'");
    }

    private static String relative(Path home, Path file) {
        return file.startsWith(home) ? home.relativize(file).toString() : file.toString();
    }
}
