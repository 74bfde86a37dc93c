package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.proto.DrugEventDetails;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What EPCIS events say beyond their effect, for the institutions that they name and nobody else (DRU-1, DRU-9): compressed,
 * sealed under a key of its own, and that key sealed for each reader.
 */
public final class SealedDetails {
    private static final int KEY_BYTES = 32;
    /** So that a part fits a transaction beside other acts. */
    private static final int PART_BYTES = 200_000;

    private static final int MAX_PARTS = 16;
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private SealedDetails() {}

    /**
     * The acts that keep a text.
     *
     * @param id of these details, drawn at random
     * @param events the events that it tells of, in its order
     * @param readers by institution, the key that it shares with this one
     */
    public static List<DrugEventDetails> seal(
            ByteString id, byte[] text, List<ByteString> events, SortedMap<String, BlindingKey> readers)
            throws ClientException {
        Sealed whole = seal(text, readers);
        ByteString sealed = whole.bytes();
        int parts = (sealed.size() + PART_BYTES - 1) / PART_BYTES;
        if (parts > MAX_PARTS) {
            throw new MalformedInput("", "An event is too large to be kept", "Split it");
        }
        List<DrugEventDetails> acts = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            DrugEventDetails.Builder act = DrugEventDetails.newBuilder()
                    .setDetailsId(id)
                    .setPart(part)
                    .setParts(parts)
                    .setSealed(sealed.substring(part * PART_BYTES, Math.min(sealed.size(), (part + 1) * PART_BYTES)));
            if (part == 0) {
                act.setEventIds(ItemIds.join(events)).addAllReaders(whole.readers());
            }
            acts.add(act.build());
        }
        return acts;
    }

    /** A text that only its readers open. */
    public record Sealed(ByteString bytes, List<DrugEventDetails.Reader> readers) {
        public Sealed {
            readers = List.copyOf(readers);
        }
    }

    /** @param readers by institution, the key that it shares with this one */
    public static Sealed seal(byte[] text, SortedMap<String, BlindingKey> readers) {
        SecureRandom random = new SecureRandom();
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        List<DrugEventDetails.Reader> wrapped = new ArrayList<>();
        for (Map.Entry<String, BlindingKey> reader : readers.entrySet()) {
            wrapped.add(DrugEventDetails.Reader.newBuilder()
                    .setInstitution(reader.getKey())
                    .setSealedKey(reader.getValue().wrap(key))
                    .build());
        }
        return new Sealed(
                ByteString.copyFrom(SealedBytes.seal(SealedBytes.Use.EVENT_DETAILS, key, compressed(text), random)),
                wrapped);
    }

    /** The text, if all parts are there and the key is one of its readers'. */
    public static Optional<byte[]> open(List<DrugEventDetails> parts, String reader, BlindingKey key) {
        ByteString sealed =
                parts.stream().map(DrugEventDetails::getSealed).reduce(ByteString.EMPTY, ByteString::concat);
        return open(new Sealed(sealed, parts.get(0).getReadersList()), reader, key);
    }

    public static Optional<byte[]> open(Sealed sealed, String reader, BlindingKey key) {
        try {
            for (DrugEventDetails.Reader one : sealed.readers()) {
                if (one.getInstitution().equals(reader)) {
                    return Optional.of(expanded(SealedBytes.open(
                            SealedBytes.Use.EVENT_DETAILS,
                            key.unwrap(one.getSealedKey()),
                            sealed.bytes().toByteArray())));
                }
            }
            return Optional.empty();
        } catch (CryptoException | IOException altered) {
            return Optional.empty();
        }
    }

    private static byte[] compressed(byte[] text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(text);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot fail to be written", impossible);
        }
        return bytes.toByteArray();
    }

    private static byte[] expanded(byte[] compressed) throws IOException {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
            byte[] text = in.readNBytes(MAX_BYTES + 1);
            if (text.length > MAX_BYTES) {
                throw new IOException("more than " + MAX_BYTES + " bytes");
            }
            return text;
        }
    }
}
