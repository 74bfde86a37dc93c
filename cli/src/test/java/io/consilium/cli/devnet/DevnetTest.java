package io.consilium.cli.devnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevnetTest {
    @TempDir
    Path directory;

    @Test
    void twoCommandsDoNotFoundOneDirectory() throws Exception {
        Path lockFile = directory.resolve("devnet.lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock other = channel.lock()) {
            assertThat(other.isValid()).isTrue();
            assertThatThrownBy(() -> Devnet.found(directory, 1)).hasMessageContaining("Another command makes");
            assertThat(directory).isDirectoryContaining(lockFile::equals);
            assertThat(Files.list(directory)).hasSize(1);
        }
        assertThat(Devnet.found(directory, 1).nodes()).hasSize(1);
        assertThatThrownBy(() -> Devnet.found(directory, 1)).hasMessageContaining("holds other files");
    }

    @Test
    void leavesNothingInADirectoryOfSomethingElse() throws Exception {
        Path own = Files.writeString(directory.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> Devnet.found(directory, 1)).hasMessageContaining("holds other files");
        assertThat(Files.list(directory)).containsExactly(own);
    }
}
