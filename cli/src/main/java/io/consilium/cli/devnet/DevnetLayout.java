package io.consilium.cli.devnet;

import java.nio.file.Path;

/** Where the files of a devnet stand in its directory. */
record DevnetLayout(Path directory) {
    Path description() {
        return directory.resolve("devnet.json");
    }

    Path genesis() {
        return directory.resolve("genesis.json");
    }

    Path lock() {
        return directory.resolve("devnet.lock");
    }

    /** Keystore of a member; the handle is opaque, so the name tells nothing about a person. */
    Path key(String institution, String handle) {
        return directory.resolve("keys").resolve(institution + "-" + handle + ".keystore");
    }

    Path password(String institution, String handle) {
        return directory.resolve("keys").resolve(institution + "-" + handle + ".password");
    }

    Path node(int number, String institution) {
        return directory.resolve("nodes").resolve(number + "-" + institution);
    }

    static Path config(Path node) {
        return node.resolve("node.toml");
    }

    static Path console(Path node) {
        return node.resolve("logs").resolve("console.log");
    }

    static Path log(Path node) {
        return node.resolve("logs").resolve("node.log");
    }
}
