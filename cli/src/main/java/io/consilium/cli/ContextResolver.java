package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Puts one context together for every command: flags before environment before the context file. */
final class ContextResolver {
    private final GlobalOptions options;
    private final Map<String, String> environment;

    ContextResolver(GlobalOptions options, Map<String, String> environment) {
        this.options = options;
        this.environment = environment;
    }

    Context resolve() throws ClientException {
        Path home = home(environment);
        ContextFile file = ContextFile.read(home);
        Optional<String> name = name(file);
        ContextFile.Entry entry = name.isPresent() ? entry(home, file, name.get()) : noEntry();
        Optional<String> node =
                options.node.or(() -> variable("CONSILIUM_NODE")).or(entry::node);
        return new Context(
                name,
                home,
                node.isPresent() ? Optional.of(nodeUri(node.get())) : Optional.empty(),
                options.as.or(() -> variable("CONSILIUM_AS")).or(entry::as),
                path(options.key, "CONSILIUM_KEY", home, entry.key()),
                path(options.passwordFile, "CONSILIUM_PASSWORD_FILE", home, entry.passwordFile()),
                path(options.genesis, "CONSILIUM_GENESIS", home, entry.genesis()));
    }

    /** {@code CONSILIUM_HOME}, else {@code ~/.config/consilium}. */
    static Path home(Map<String, String> environment) {
        String home = environment.get("CONSILIUM_HOME");
        if (home != null && !home.isEmpty()) {
            return Path.of(home).toAbsolutePath().normalize();
        }
        String user = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
        return Path.of(user, ".config", "consilium").toAbsolutePath();
    }

    /** Names a context, or takes the one of {@code --as} alone, or the current one. */
    private Optional<String> name(ContextFile file) {
        Optional<String> named = options.context.or(() -> variable("CONSILIUM_CONTEXT"));
        if (named.isPresent()) {
            return named;
        }
        if (options.as.isPresent() && options.key.isEmpty()) {
            Optional<String> ofMember = file.contexts().entrySet().stream()
                    .filter(context -> context.getValue().as().equals(options.as))
                    .map(Map.Entry::getKey)
                    .findFirst();
            if (ofMember.isPresent()) {
                return ofMember;
            }
        }
        return file.current();
    }

    private static ContextFile.Entry entry(Path home, ContextFile file, String name) throws ClientException {
        ContextFile.Entry entry = file.contexts().get(name);
        if (entry != null) {
            return entry;
        }
        String known = file.contexts().isEmpty()
                ? home.resolve(ContextFile.NAME) + " has no contexts: set CONSILIUM_HOME to the directory that has them"
                : nearest(name, file.contexts().keySet())
                        .map(near -> "Did you mean " + near + "?")
                        .orElse("Known contexts: "
                                + String.join(", ", file.contexts().keySet()));
        throw new ClientException(
                FailureClass.USAGE, "UNKNOWN_CONTEXT", "", "--context", "There is no context '" + name + "'", known);
    }

    static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= Math.min(3, 1 + word.length() / 4))
                .min((a, b) -> Integer.compare(distance(word, a), distance(word, b)));
    }

    /** Levenshtein's distance; words on a command line are short. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], previous[j]) + 1, previous[j - 1] + change);
            }
            previous = row;
        }
        return previous[b.length()];
    }

    private static ContextFile.Entry noEntry() {
        return new ContextFile.Entry(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** A flag's or variable's path starts from the working directory, the file's from its own. */
    private Optional<Path> path(Optional<Path> flag, String variable, Path home, Optional<String> written) {
        return flag.or(() -> variable(variable).map(Path::of))
                .map(Path::toAbsolutePath)
                .or(() -> written.map(home::resolve));
    }

    private static URI nodeUri(String text) throws MalformedInput {
        try {
            URI uri = new URI(text);
            boolean plain = uri.getPath() == null
                    || uri.getPath().isEmpty()
                    || uri.getPath().equals("/");
            if ("https".equals(uri.getScheme()) && uri.getHost() != null && plain && uri.getQuery() == null) {
                return new URI("https://" + uri.getAuthority());
            }
        } catch (URISyntaxException invalid) {
            throw malformedNode(text);
        }
        throw malformedNode(text);
    }

    private static MalformedInput malformedNode(String text) {
        return new MalformedInput(
                "--node",
                "'" + text + "' is no node's address",
                "Write https://HOST:PORT, e.g. https://127.0.0.1:7443");
    }
}
