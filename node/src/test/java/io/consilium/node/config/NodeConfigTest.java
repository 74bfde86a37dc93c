package io.consilium.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Keystore;
import io.consilium.crypto.WrongPasswordException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigTest {
    @TempDir
    Path directory;

    private Path file(String toml) throws Exception {
        return Files.writeString(directory.resolve("node.toml"), toml);
    }

    @Test
    void flagsWinOverEnvironmentOverFileOverDefaults() throws Exception {
        Path file = file("[node]\ninstitution = \"st-mary\"\n[api]\nport = 1\nhost = \"::1\"\nmax-page-items = 7\n");
        EffectiveConfig config = EffectiveConfig.load(
                Optional.of(file),
                Map.of("CONSILIUM_NODE_API_PORT", "2", "CONSILIUM_NODE_API_HOST", "0.0.0.0", "PATH", "x"),
                Map.of("api.port", "3"));
        assertThat(config.values())
                .filteredOn(v -> v.setting().name().startsWith("api."))
                .extracting(v -> v.setting().name() + "=" + v.text() + " " + v.source())
                .contains(
                        "api.port=3 FLAG",
                        "api.host=0.0.0.0 ENV",
                        "api.max-page-items=7 FILE",
                        "api.max-connections=512 DEFAULT");
        NodeConfig typed = NodeConfig.of(config);
        assertThat(typed.api().port()).isEqualTo(3);
        assertThat(typed.database()).isEqualTo(directory.toAbsolutePath().resolve("db"));
    }

    @Test
    void unknownSettingsAreRefusedWithPlaceAndNearestName() throws Exception {
        Path file = file("[node]\ninstitution = \"st-mary\"\n\n[api]\nprot = 1\n");
        assertThatThrownBy(() -> NodeConfig.load(Optional.of(file), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("node.toml:5")
                .hasMessageContaining("unknown setting 'api.prot'")
                .hasMessageContaining("did you mean 'api.port'?");
        assertThatThrownBy(() -> NodeConfig.load(
                        Optional.empty(), Map.of("CONSILIUM_NODE_API_PROT", "1"), Map.of("node.institution", "x")))
                .hasMessageContaining("CONSILIUM_NODE_API_PROT")
                .hasMessageContaining("did you mean");
    }

    @Test
    void everyWrongValueIsNamedAtOnce() throws Exception {
        Path file = file("[api]\nport = 70000\nmax-connections = \"many\"\n[log]\nformat = \"xml\"\n");
        assertThatThrownBy(() -> NodeConfig.load(Optional.of(file), Map.of(), Map.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.problems()).hasSize(4))
                .hasMessageContaining("node.toml:2: 'api.port' must be between 0 and 65535")
                .hasMessageContaining("'node.institution' is missing");
    }

    @Test
    void brokenAndMissingFilesAreNamed() throws Exception {
        Path file = file("[node\n");
        assertThatThrownBy(() -> NodeConfig.load(Optional.of(file), Map.of(), Map.of()))
                .hasMessageContaining("node.toml:1: not valid TOML");
        assertThatThrownBy(() -> NodeConfig.load(Optional.of(directory.resolve("no.toml")), Map.of(), Map.of()))
                .hasMessageContaining("no such file");
        Path binary = Files.write(directory.resolve("binary.toml"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> NodeConfig.load(Optional.of(binary), Map.of(), Map.of()))
                .hasMessageContaining("binary.toml: is no UTF-8 text");
    }

    @Test
    void keysComeBackFromTheirKeystoreAndNotWithAnotherPassword() throws Exception {
        NodeKeys keys = NodeKeys.generate(new SecureRandom());
        Path keystore = directory.resolve("node.keystore");
        keys.write(keystore, "right".toCharArray(), Keystore.Cost.DEVNET);
        NodeKeys read = NodeKeys.read(keystore, "right".toCharArray());
        assertThat(read.validator().publicKey()).isEqualTo(keys.validator().publicKey());
        assertThat(read.institutionEncryption()).isEqualTo(keys.institutionEncryption());
        assertThat(read.apiTlsSpkiSha256()).isEqualTo(keys.apiTlsSpkiSha256());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keystore)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> NodeKeys.read(keystore, "wrong".toCharArray()))
                .isInstanceOf(WrongPasswordException.class);
    }
}
