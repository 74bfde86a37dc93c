package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeystoreTest {
    private static final char[] PASSWORD = "correct horse – 正しい".toCharArray();
    private static final Keystore.Cost LOW = Keystore.Cost.DEVNET;

    @TempDir
    Path directory;

    private final SecureRandom random = new SecureRandom();
    private final KeyPair signing = KeyPair.generate(random);
    private final X25519KeyPair encryption = X25519.generate(random);
    private final Keystore.Secrets secrets = new Keystore.Secrets(
            Map.of("signing", signing.seed(), "encryption", encryption.privateKey(), "tls", new byte[] {1, 2}));

    private Path written() throws KeystoreException {
        Path file = directory.resolve("node.keystore");
        Keystore.write(file, PASSWORD, LOW, secrets, Map.of("tls", "p256:aabb"));
        return file;
    }

    @Test
    void opensWithItsPassword() throws Exception {
        assertThat(Keystore.read(written(), PASSWORD)).isEqualTo(secrets);
    }

    @Test
    void opensWithTheStandardCost() throws Exception {
        Path file = directory.resolve("standard");
        Keystore.write(file, PASSWORD, Keystore.Cost.STANDARD, secrets);
        assertThat(Keystore.read(file, PASSWORD)).isEqualTo(secrets);
        assertThat(Keystore.describe(file).cost().isLow()).isFalse();
    }

    @Test
    void describesCostAndPublicKeysWithoutThePassword() throws Exception {
        Keystore.Header header = Keystore.describe(written());
        assertThat(header.publicKeys())
                .containsEntry("signing", signing.publicKey().text())
                .containsEntry("encryption", X25519.text(encryption.publicKey()))
                .containsEntry("tls", "p256:aabb")
                .hasSize(3);
        assertThat(header.cost()).isEqualTo(LOW);
        assertThat(header.cost().isLow()).isTrue();
    }

    @Test
    void keepsNoSecretInClear() throws Exception {
        String content = Files.readString(written());
        assertThat(content)
                .doesNotContain(HexFormat.of().formatHex(signing.seed()))
                .doesNotContain(HexFormat.of().formatHex(encryption.privateKey()));
        assertThat(secrets.toString()).isEqualTo("Secrets[encryption, signing, tls]");
    }

    @Test
    void isReadableByItsOwnerAloneAndLeavesNoOtherFile() throws Exception {
        Path file = written();
        Keystore.write(file, PASSWORD, LOW, secrets);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void tellsAWrongPasswordFromADamagedFile() throws Exception {
        Path file = written();
        assertThatThrownBy(() -> Keystore.read(file, "wrong".toCharArray()))
                .isInstanceOf(WrongPasswordException.class)
                .hasMessageContaining("node.keystore");
        byte[] content = Files.readAllBytes(file);
        for (int i = 0; i < content.length; i += 3) {
            byte[] damaged = content.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertRefusedOrUnchanged(file, i);
        }
        for (int length = 0; length < content.length - 2; length += 17) {
            Files.write(file, Arrays.copyOf(content, length));
            assertThatThrownBy(() -> Keystore.read(file, PASSWORD)).isInstanceOf(KeystoreException.class);
        }
    }

    /** White space alone may differ: everything that means something is under the checksum. */
    private void assertRefusedOrUnchanged(Path file, int at) throws WrongPasswordException {
        try {
            assertThat(Keystore.read(file, PASSWORD)).as("byte %d", at).isEqualTo(secrets);
        } catch (KeystoreException refused) {
            assertThat(refused).as("byte %d", at).hasMessageContaining("node.keystore");
        }
    }

    @Test
    void refusesPublicKeysExchangedOnPurpose() throws Exception {
        Path file = written();
        KeyPair mallory = KeyPair.generate(random);
        Map<String, Object> fields = FlatJson.parse(Files.readString(file));
        fields.put("public.signing", mallory.publicKey().text());
        fields.remove("checksum");
        byte[] bytes = FlatJson.write(fields).getBytes(StandardCharsets.UTF_8);
        fields.put("checksum", Hash.tagged("consilium/keystore/v1", bytes).hex());
        Files.writeString(file, FlatJson.writeLines(fields));
        assertThat(Keystore.describe(file).publicKeys())
                .containsEntry("signing", mallory.publicKey().text());
        assertThatThrownBy(() -> Keystore.read(file, PASSWORD)).isInstanceOf(WrongPasswordException.class);
    }

    @Test
    void refusesAListedKeyThatIsNotItsPrivateKeys() throws Exception {
        Path file = directory.resolve("wrong-list");
        String other = KeyPair.generate(random).publicKey().text();
        Keystore.write(file, PASSWORD, LOW, secrets, Map.of("signing", other));
        assertThatThrownBy(() -> Keystore.read(file, PASSWORD))
                .isInstanceOf(KeystoreException.class)
                .hasMessageContaining("another public key");
    }

    @Test
    void refusesFilesBeyondItsBoundAndFilesOfOthers() throws Exception {
        Path file = directory.resolve("large");
        Files.write(file, new byte[Keystore.MAX_FILE_BYTES + 1]);
        assertThatThrownBy(() -> Keystore.describe(file))
                .isInstanceOf(KeystoreException.class)
                .hasMessageContaining("65536");
        Files.writeString(file, "{\"format\":\"other\"}");
        assertThatThrownBy(() -> Keystore.describe(file)).hasMessageContaining("no keystore of Consilium");
        assertThatThrownBy(() -> Keystore.describe(directory.resolve("absent")))
                .isInstanceOf(KeystoreException.class)
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> Keystore.write(directory.resolve("no/dir/file"), PASSWORD, LOW, secrets))
                .isInstanceOf(KeystoreException.class)
                .hasMessageContaining("check that its directory exists");
    }

    @Test
    void refusesCostsThatWouldExhaustTheMachine() throws Exception {
        for (int[] cost :
                new int[][] {{2_000_000, 1, 1}, {7, 1, 1}, {1024, 0, 1}, {1024, 17, 1}, {1024, 1, 9}, {15, 1, 2}}) {
            assertThatThrownBy(() -> new Keystore.Cost(cost[0], cost[1], cost[2]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        Path file = written();
        Map<String, Object> fields = FlatJson.parse(Files.readString(file));
        fields.put("memoryKib", 1L << 31);
        fields.remove("checksum");
        byte[] bytes = FlatJson.write(fields).getBytes(StandardCharsets.UTF_8);
        fields.put("checksum", Hash.tagged("consilium/keystore/v1", bytes).hex());
        Files.writeString(file, FlatJson.writeLines(fields));
        assertThatThrownBy(() -> Keystore.read(file, PASSWORD)).isInstanceOf(KeystoreException.class);
    }

    @Test
    void refusesEntriesOutOfBounds() {
        assertThatThrownBy(() -> new Keystore.Secrets(Map.of())).isInstanceOf(IllegalArgumentException.class);
        for (String name : List.of("", "Upper", "a b", "x".repeat(33), "é")) {
            assertThatThrownBy(() -> new Keystore.Secrets(Map.of(name, new byte[1])))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Keystore.Secrets(Map.of("a", new byte[1025])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void replacementKeepsTheOldFileWhenItFails() throws IOException {
        Path file = directory.resolve("kept");
        PrivateFile.replace(file, new byte[] {1});
        Path blocked = directory.resolve("blocked");
        Files.createDirectory(blocked);
        Files.createFile(blocked.resolve("child"));
        assertThatThrownBy(() -> PrivateFile.replace(blocked, new byte[] {2})).isInstanceOf(IOException.class);
        assertThat(PrivateFile.read(file, 1)).containsExactly(1);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(file, blocked);
        }
    }
}
