package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import io.consilium.client.trial.TrialBundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** INT-1: files of any bytes are refused with a reason, or read as what they are; no reader fails in another way. */
class FileFuzzProperties {
    private static final List<String> SEEDS = List.of(
            "{\"format\":\"consilium-inspector-bundle-1\",\"content\":\"CAE=\",\"signature\":\"" + "ab".repeat(64)
                    + "\"}\n",
            "{\n  \"chainId\": \"" + "ab".repeat(32) + "\",\n  \"genesis\": \"CAE=\"\n}\n",
            "{\"format\":\"consilium-receipt-1\",\"proof\":\"CAE=\",\"txId\":\"" + "ab".repeat(32) + "\"}\n");

    /** What a reader does with bytes. */
    private interface Reader {
        void read(byte[] bytes) throws ClientException;
    }

    private static final List<Reader> READERS = List.of(
            ReceiptFile::read,
            bytes -> InspectorFile.read(bytes).bundle(),
            bytes -> GenesisFile.parse(bytes, "genesis"),
            TrialBundle::decode,
            FileFuzzProperties::opening);

    @Property(tries = 800)
    void anyBytesAreRefused(@ForAll byte[] bytes) {
        READERS.forEach(reader -> refused(reader, bytes));
    }

    @Property(tries = 800)
    void changedFilesAreRefused(
            @ForAll @IntRange(min = 0, max = 2) int seed,
            @ForAll @IntRange(min = 0, max = 300) int place,
            @ForAll byte changed) {
        byte[] bytes = SEEDS.get(seed).getBytes(StandardCharsets.UTF_8);
        bytes[place % bytes.length] = changed;
        READERS.forEach(reader -> refused(reader, bytes));
    }

    @Property(tries = 1500)
    void anyBytesAreJsonOrNot(@ForAll byte[] bytes) {
        try {
            JsonReader.read(bytes);
        } catch (JsonException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static void refused(Reader reader, byte[] bytes) {
        try {
            reader.read(bytes);
            throw new AssertionError("nothing of this is a file of ours");
        } catch (ClientException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            assertThat(refused.hint()).isNotBlank();
        }
    }

    private static void opening(byte[] bytes) throws ClientException {
        try {
            Path file = Files.createTempFile("opening", ".json");
            try {
                Opening.read(Files.write(file, bytes));
            } finally {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new AssertionError("the test's own file", failed);
        }
    }
}
