package io.consilium.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultScrubTest {
    private static final int MAX_STEPS = 100;

    @TempDir
    Path directory;

    private FileVault vault;
    private final List<Hash> held = new ArrayList<>();

    @BeforeEach
    void holdThree() throws Exception {
        vault = FileVault.open(directory, VaultConfig.DEFAULT);
        Random random = new Random(7);
        for (int size : new int[] {10, Vault.MAX_CHUNK_BYTES + 5, 3_000}) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            Hash hash = Hash.sha256(content);
            for (int offset = 0; offset < size; offset += Vault.MAX_CHUNK_BYTES) {
                int end = Math.min(size, offset + Vault.MAX_CHUNK_BYTES);
                vault.stage(Vault.OWN, hash, size, offset, Arrays.copyOfRange(content, offset, end));
            }
            held.add(hash);
        }
    }

    private void rot(Hash hash, int at) throws Exception {
        Path file = directory.resolve(hash.hex().substring(0, 2)).resolve(hash.hex());
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    /** Steps until the round ends; what was found. */
    private static List<Hash> round(VaultScrub scrub) throws Exception {
        List<Hash> found = new ArrayList<>();
        long before = scrub.rounds();
        for (int i = 0; i < MAX_STEPS && scrub.rounds() == before; i++) {
            scrub.step().damaged().ifPresent(found::add);
        }
        assertThat(scrub.rounds()).isEqualTo(before + 1);
        return found;
    }

    @Test
    @DisplayName("REC-2 the background check finds the one payload that rotted, and puts it aside")
    void rec2_findsRot() throws Exception {
        try (VaultScrub scrub = vault.scrub()) {
            assertThat(round(scrub)).isEmpty();
            rot(held.get(1), Vault.MAX_CHUNK_BYTES + 2);
            assertThat(round(scrub)).containsExactly(held.get(1));
            assertThat(vault.damaged()).containsExactly(held.get(1));
            assertThat(vault.size(held.get(1))).isEmpty();
            assertThat(vault.holdsAnyOf(held.get(1))).isTrue();
            assertThat(round(scrub)).isEmpty();
        }
    }

    @Test
    void payloadsThatAreDeletedOnTheWayAreNoDamage() throws Exception {
        try (VaultScrub scrub = vault.scrub()) {
            for (Hash hash : held) {
                scrub.step();
                vault.delete(hash);
            }
            assertThat(scrub.step().damaged()).isEmpty();
            assertThat(vault.damaged()).isEmpty();
        }
    }

    @Test
    void startsWhereItIsTold() throws Exception {
        List<Hash> ordered = vault.list(Optional.empty(), 10);
        rot(ordered.get(2), 0);
        try (VaultScrub scrub = vault.scrub()) {
            scrub.startAfter(ordered.get(1));
            Optional<Hash> damaged = Optional.empty();
            for (int i = 0; i < 4 && damaged.isEmpty(); i++) {
                damaged = scrub.step().damaged();
            }
            assertThat(damaged).contains(ordered.get(2));
        }
    }
}
