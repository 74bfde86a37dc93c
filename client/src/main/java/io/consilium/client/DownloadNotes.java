package io.consilium.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import io.consilium.proto.DiscloseResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a broken download needs to go on at a replica while the custodian's node is away: the access, and the disclosure
 * that the custodian made for it (REC-2). The data key in it opens with the requester's own key alone.
 */
public final class DownloadNotes {
    private static final String FORMAT = "consilium-download-1";
    private static final int MAX_NOTE_BYTES = 4 * 1024 * 1024;
    private static final long KEPT_MILLIS = 24L * 60 * 60 * 1000;
    private static final int NAME_DIGITS = 32;

    private final Path directory;

    public DownloadNotes(Path directory) {
        this.directory = directory;
    }

    /** Names a download by who fetches what for which purpose into which file; the words are hashed. */
    public static Hash download(Path target, List<String> words) {
        StringBuilder text = new StringBuilder(target.toAbsolutePath().toString());
        for (String word : words) {
            text.append('\0').append(word);
        }
        return Hash.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The disclosure of a download that broke; one that cannot be read is forgotten. */
    public Optional<PayloadDownload.Disclosed> find(Hash download) throws IOException {
        Path note = note(download);
        if (!Files.exists(note)) {
            return Optional.empty();
        }
        try {
            JsonFields fields = JsonFields.of(JsonReader.read(PrivateFile.read(note, MAX_NOTE_BYTES)), "");
            if (fields.text("format").equals(FORMAT)) {
                return Optional.of(new PayloadDownload.Disclosed(
                        ByteString.copyFrom(fields.base64("accessId")),
                        DiscloseResponse.parseFrom(fields.base64("disclosure"))));
            }
        } catch (JsonException | InvalidProtocolBufferException | IllegalArgumentException useless) {
            forget(download);
            return Optional.empty();
        }
        forget(download);
        return Optional.empty();
    }

    /** Remembers a disclosure until its content has arrived. */
    public void keep(Hash download, PayloadDownload.Disclosed disclosed) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("format", FORMAT);
        object.put("accessId", base64(disclosed.accessId()));
        object.put("disclosure", base64(disclosed.response().toByteString()));
        PrivateFile.directories(directory);
        PrivateFile.replace(note(download), (JsonWriter.compact(object) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    public void forget(Hash download) throws IOException {
        Files.deleteIfExists(note(download));
    }

    /** Removes what is a day old: its permit is long over. */
    public void tidy(long nowMillis) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "download-*.json")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toMillis() < nowMillis - KEPT_MILLIS) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Path note(Hash download) {
        return directory.resolve("download-" + download.hex().substring(0, NAME_DIGITS) + ".json");
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
