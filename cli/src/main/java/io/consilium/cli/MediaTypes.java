package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tells a media type from how the content begins, and where that says nothing, from the file's name. */
final class MediaTypes {
    private static final String UNKNOWN = "application/octet-stream";

    /** DICOM files begin with a preamble of 128 bytes of any content (PS3.10, 7.1). */
    private static final int DICOM_AT = 128;

    private static final int BEGINNING_BYTES = DICOM_AT + 4;

    /** Bytes at a place that only this kind of content has there. */
    private record Signature(int at, byte[] bytes, String mediaType) {
        static Signature of(int at, String bytes, String mediaType) {
            return new Signature(at, bytes.getBytes(StandardCharsets.ISO_8859_1), mediaType);
        }

        boolean isIn(byte[] beginning) {
            return beginning.length >= at + bytes.length
                    && Arrays.equals(beginning, at, at + bytes.length, bytes, 0, bytes.length);
        }
    }

    private static final List<Signature> SIGNATURES = List.of(
            Signature.of(DICOM_AT, "DICM", "application/dicom"),
            Signature.of(0, "%PDF-", "application/pdf"),
            Signature.of(0, "\u0089PNG\r\n\u001a\n", "image/png"),
            Signature.of(0, "\u00ff\u00d8\u00ff", "image/jpeg"),
            Signature.of(0, "GIF87a", "image/gif"),
            Signature.of(0, "GIF89a", "image/gif"),
            Signature.of(0, "II*\0", "image/tiff"),
            Signature.of(0, "MM\0*", "image/tiff"),
            Signature.of(8, "WEBP", "image/webp"),
            Signature.of(4, "ftyp", "video/mp4"),
            Signature.of(0, "{\\rtf", "application/rtf"),
            Signature.of(0, "PK\u0003\u0004", "application/zip"),
            Signature.of(0, "\u001f\u008b", "application/gzip"),
            Signature.of(0, "<?xml", "application/xml"));

    private MediaTypes() {}

    static String of(Payload payload) throws ClientException {
        try (InputStream in = payload.open()) {
            return of(in.readNBytes(BEGINNING_BYTES), payload.fileName());
        } catch (IOException failed) {
            throw UserFiles.unreadable(payload.name(), failed);
        }
    }

    /** Formats that are kept in others, such as documents in ZIP or SVG in XML, are told by their names. */
    static String of(byte[] beginning, Optional<String> fileName) {
        Optional<String> told = SIGNATURES.stream()
                .filter(signature -> signature.isIn(beginning))
                .map(Signature::mediaType)
                .findFirst();
        Optional<String> named = fileName.flatMap(MediaTypes::named);
        boolean container = told.filter(type -> type.equals("application/zip") || type.equals("application/xml"))
                .isPresent();
        return container
                ? named.filter(MediaTypes::isContained).or(() -> told).orElse(UNKNOWN)
                : told.or(() -> named).orElse(UNKNOWN);
    }

    private static boolean isContained(String mediaType) {
        return mediaType.contains("openxmlformats") || mediaType.endsWith("+xml");
    }

    private static Optional<String> named(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        int dot = name.lastIndexOf('.');
        return Optional.ofNullable(
                switch (dot < 0 ? "" : name.substring(dot + 1)) {
                    case "json" -> "application/json";
                    case "xml" -> "application/xml";
                    case "pdf" -> "application/pdf";
                    case "txt" -> "text/plain";
                    case "csv" -> "text/csv";
                    case "dcm" -> "application/dicom";
                    case "png" -> "image/png";
                    case "jpg", "jpeg" -> "image/jpeg";
                    case "svg" -> "image/svg+xml";
                    case "docx" -> "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
                    case "xlsx" -> "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                    default -> null;
                });
    }
}
