package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.X25519;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadNotesTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String TITLE = "A title that nobody may read";
    private static final List<String> WORDS = List.of("patient", TITLE);

    @TempDir
    Path directory;

    private final Identity identity = identity();
    private Path work;
    private Path file;
    private UploadNotes notes;

    private static Identity identity() {
        return new Identity(
                "a-clinic/dr-test",
                KeyPair.generate(RANDOM).signer(),
                Optional.of(X25519.generate(RANDOM).privateKey()));
    }

    @BeforeEach
    void start() throws Exception {
        work = Files.createDirectories(directory.resolve("work"));
        file = Files.write(directory.resolve("scan.dcm"), new byte[100_000]);
        notes = new UploadNotes(identity, work);
    }

    private SealedPayload sealed() throws ClientException {
        return new PayloadSealer().seal(Payload.of(file), "application/dicom", Optional.of(TITLE), work);
    }

    private Path note() throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            return files.filter(each -> each.getFileName().toString().startsWith("upload-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    @DisplayName("REC-2 a broken upload is gone on with by another run, with the same ciphertext and key")
    void rec2_goesOn() throws Exception {
        Hash upload = UploadNotes.upload(file, WORDS);
        assertThat(notes.find(upload)).isEmpty();
        byte[] key;
        Path ciphertext;
        Hash commitment;
        try (SealedPayload first = sealed()) {
            notes.keep(upload, first);
            key = first.dataKey().clone();
            ciphertext = first.ciphertext();
            commitment = first.commitment();
        }
        assertThat(ciphertext).as("kept over the end of the run").exists();
        try (SealedPayload again = new UploadNotes(identity, work).find(upload).orElseThrow()) {
            assertThat(again.dataKey()).isEqualTo(key);
            assertThat(again.ciphertext()).isEqualTo(ciphertext);
            assertThat(again.commitment()).isEqualTo(commitment);
            assertThat(again.ciphertextHash()).isEqualTo(Hash.sha256(Files.readAllBytes(ciphertext)));
            again.settled();
        }
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left).as("nothing stays once it is settled").isEmpty();
        }
    }

    @Test
    @DisplayName("REC-2 another file, title or patient, and a file that changed, is another upload")
    void rec2_anotherUpload() throws Exception {
        Hash upload = UploadNotes.upload(file, WORDS);
        assertThat(UploadNotes.upload(file, WORDS)).isEqualTo(upload);
        assertThat(UploadNotes.upload(file, List.of("patient", "another title")))
                .isNotEqualTo(upload);
        FileTime time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 1));
        assertThat(UploadNotes.upload(file, WORDS)).isNotEqualTo(upload);
        Files.write(file, new byte[100_001]);
        Files.setLastModifiedTime(file, time);
        assertThat(UploadNotes.upload(file, WORDS)).isNotEqualTo(upload);
    }

    @Test
    @DisplayName("PRV-1 PRV-3 the note is private, tells no word and no key, and opens to its maker alone")
    void prv3_noteTellsNothing() throws Exception {
        Hash upload = UploadNotes.upload(file, WORDS);
        try (SealedPayload sealed = sealed()) {
            notes.keep(upload, sealed);
            String text = Files.readString(note(), StandardCharsets.UTF_8);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(note())))
                    .isEqualTo("rw-------");
            assertThat(text + note())
                    .doesNotContain(TITLE, "scan.dcm", "dicom")
                    .doesNotContain(java.util.HexFormat.of().formatHex(sealed.dataKey()))
                    .doesNotContain(java.util.Base64.getEncoder().encodeToString(sealed.dataKey()));
        }
        assertThat(new UploadNotes(identity(), work).find(upload)).isEmpty();
        assertThat(notes.find(upload))
                .as("what another could not open is forgotten")
                .isEmpty();
    }

    @Test
    @DisplayName("REC-2 a note whose ciphertext is gone, cut or elsewhere, or that was altered, is no upload")
    void rec2_uselessNotes() throws Exception {
        for (String how : List.of("gone", "cut", "elsewhere", "altered", "key", "empty")) {
            Hash upload = UploadNotes.upload(file, List.of(how));
            try (SealedPayload sealed = sealed()) {
                notes.keep(upload, sealed);
                byte[] bytes = Files.readAllBytes(sealed.ciphertext());
                String text = Files.readString(note());
                switch (how) {
                    case "gone" -> Files.delete(sealed.ciphertext());
                    case "cut" -> Files.write(sealed.ciphertext(), Arrays.copyOf(bytes, bytes.length - 1));
                    case "elsewhere" -> {
                        Files.write(directory.resolve("other"), bytes);
                        Files.writeString(
                                note(),
                                text.replace(sealed.ciphertext().getFileName().toString(), "../other"));
                    }
                    case "altered" -> Files.writeString(note(), text.replace("consilium-upload-1", "x"));
                    case "key" ->
                        Files.writeString(note(), text.replaceFirst("\"dataKey\":\"....", "\"dataKey\":\"AAAA"));
                    default -> Files.write(note(), new byte[0]);
                }
                assertThat(notes.find(upload)).as(how).isEmpty();
                Files.deleteIfExists(sealed.ciphertext());
            }
            try (Stream<Path> left = Files.list(work)) {
                assertThat(left).as(how).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("REC-2 what nobody went on with for a week is removed, younger files and others stay")
    void rec2_tidies() throws Exception {
        Hash upload = UploadNotes.upload(file, WORDS);
        try (SealedPayload sealed = sealed()) {
            notes.keep(upload, sealed);
        }
        Path other = Files.write(work.resolve("notes.txt"), new byte[1]);
        long week = 7L * 24 * 60 * 60 * 1000;
        notes.tidy(System.currentTimeMillis());
        assertThat(notes.find(upload)).isPresent();
        notes.tidy(System.currentTimeMillis() + week + 60_000);
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left).containsExactly(other);
        }
    }

    @Test
    @DisplayName("PRV-2 a file that changes while it is encrypted is refused, and no ciphertext of it stays")
    void prv2_changesMeanwhile() throws Exception {
        Payload changing = new Payload() {
            @Override
            public InputStream open() throws IOException {
                InputStream in = Files.newInputStream(file);
                Files.write(file, new byte[100_001]);
                return in;
            }

            @Override
            public long size() throws IOException {
                return Files.size(file);
            }

            @Override
            public String stamp() throws IOException {
                return Payload.of(file).stamp();
            }

            @Override
            public String name() {
                return "The file";
            }

            @Override
            public Optional<String> fileName() {
                return Optional.empty();
            }
        };
        assertThatThrownBy(() -> new PayloadSealer().seal(changing, "text/plain", Optional.empty(), work))
                .isInstanceOf(MalformedInput.class)
                .hasMessageContaining("changed while it was read");
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left).isEmpty();
        }
    }
}
