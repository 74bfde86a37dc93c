package io.consilium.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whom a command talks to and as whom, after flags, environment and the context file were put together.
 *
 * @param name of the context that it came from, if any
 * @param home directory of config.toml, openings and unsettled transactions
 */
record Context(
        Optional<String> name,
        Path home,
        Optional<URI> node,
        Optional<String> as,
        Optional<Path> key,
        Optional<Path> passwordFile,
        Optional<Path> genesis) {}
