package io.consilium.client;

import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.CryptoException;
import io.consilium.proto.Code;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A code behind a blinded label of a consent.
 *
 * @param element of a FHIR provision that it stands in: CLASS, CODE or SECURITY_LABEL
 */
public record LabelCode(String element, Code code) {
    /** What the ledger takes of one consent. */
    static final int MAX_SEALED_BYTES = 32 * 1024;

    /** Texts are filled up to a multiple of this, so that their length tells little. */
    private static final int PADDED_BYTES = 512;

    static String write(List<LabelCode> codes) {
        List<Object> rows = new ArrayList<>();
        for (LabelCode each : codes) {
            rows.add(List.of(each.element, each.code.getSystem(), each.code.getCode()));
        }
        String text = JsonWriter.compact(rows);
        return text + " ".repeat(PADDED_BYTES - text.getBytes(StandardCharsets.UTF_8).length % PADDED_BYTES);
    }

    static List<LabelCode> read(String text) throws CryptoException {
        List<LabelCode> codes = new ArrayList<>();
        try {
            if (!(JsonReader.read(text.strip()) instanceof List<?> rows)) {
                throw malformed();
            }
            for (Object row : rows) {
                boolean whole = row instanceof List<?> cells && cells.size() == 3;
                if (!whole) {
                    throw malformed();
                }
                List<?> cells = (List<?>) row;
                codes.add(new LabelCode(
                        String.valueOf(cells.get(0)),
                        Code.newBuilder()
                                .setSystem(String.valueOf(cells.get(1)))
                                .setCode(String.valueOf(cells.get(2)))
                                .build()));
            }
            return codes;
        } catch (JsonException invalid) {
            throw new CryptoException("the codes of the consent's labels open and are malformed", invalid);
        }
    }

    private static CryptoException malformed() {
        return new CryptoException("the codes of the consent's labels open and are malformed");
    }
}
