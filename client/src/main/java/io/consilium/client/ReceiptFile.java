package io.consilium.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.MerklePath;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.ledger.proof.ValidatorSetStep;
import io.consilium.proto.TransactionReceipt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A receipt proof as a JSON file with one spelling (INT-1).
 *
 * <p>The first fields are for the reader; they follow from the proof, and a file that is not exactly what its proof is
 * written as is refused, so no field stands outside the proof.
 */
public final class ReceiptFile {
    public static final int MAX_BYTES = 3 * ReceiptProof.MAX_ENCODED_BYTES;

    private static final String FORMAT = "consilium-receipt-1";

    private ReceiptFile() {}

    /** The file's bytes: one line of JSON and a line end. */
    public static byte[] write(ReceiptProof proof) {
        return (JsonWriter.compact(object(proof)) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The proof of a file; nothing in it is verified yet but its spelling. */
    public static ReceiptProof read(byte[] file) throws VerificationFailed {
        if (file.length > MAX_BYTES) {
            throw malformed("it has more than " + MAX_BYTES + " bytes");
        }
        try {
            ReceiptProof proof = parse(JsonFields.of(JsonReader.read(file), ""));
            if (!Arrays.equals(write(proof), file)) {
                throw malformed("it is not spelled as receipts are");
            }
            return proof;
        } catch (JsonException invalid) {
            throw malformed(invalid.getMessage() + " (" + invalid.path() + ")");
        } catch (MalformedException | IllegalArgumentException invalid) {
            throw malformed(String.valueOf(invalid.getMessage()));
        }
    }

    static VerificationFailed malformed(String reason) {
        return new VerificationFailed(
                "RECEIPT_MALFORMED",
                "The receipt cannot be read: " + reason,
                "Fetch it again with: consilium chain receipt TXID --out FILE");
    }

    /** The same as a part of another JSON file. */
    static Map<String, Object> object(ReceiptProof proof) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("format", FORMAT);
        summary(proof, object);
        object.put("transaction", hex(proof.transaction()));
        object.put("transactionPath", path(proof.transactionPath()));
        object.put("receipt", hex(proof.receipt()));
        object.put("receiptPath", path(proof.receiptPath()));
        object.put("header", hex(proof.block().header().encode()));
        object.put("commitCertificate", hex(proof.block().commitQc().encode()));
        List<Object> steps = new ArrayList<>();
        for (ValidatorSetStep step : proof.block().validatorSets()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("header", hex(step.header().encode()));
            entry.put("commitCertificate", hex(step.commitQc().encode()));
            entry.put("validators", hex(step.next().encode()));
            steps.add(entry);
        }
        object.put("validatorSets", steps);
        return object;
    }

    private static void summary(ReceiptProof proof, Map<String, Object> object) {
        TransactionReceipt receipt;
        try {
            receipt = TransactionReceipt.parseFrom(proof.receipt());
        } catch (InvalidProtocolBufferException invalid) {
            throw new IllegalArgumentException("its outcome is no receipt", invalid);
        }
        object.put("txId", hex(receipt.getTxId().toByteArray()));
        object.put("height", receipt.getHeight());
        object.put("status", receipt.getStatus().name());
        object.put("code", receipt.getCode());
        object.put("rule", receipt.getRule());
        object.put("chainId", proof.block().header().chainId().hex());
        object.put("timeMillis", proof.block().header().timestampMillis());
    }

    static ReceiptProof parse(JsonFields fields) throws JsonException, MalformedException {
        if (!fields.text("format").equals(FORMAT)) {
            throw new JsonException(fields.at("format"), "not " + FORMAT);
        }
        for (String derived : List.of("txId", "status", "code", "rule", "chainId")) {
            fields.text(derived);
        }
        fields.number("height");
        fields.number("timeMillis");
        List<ValidatorSetStep> steps = new ArrayList<>();
        MerklePath transactionPath = path(fields, "transactionPath");
        MerklePath receiptPath = path(fields, "receiptPath");
        for (JsonFields step : fields.objects("validatorSets")) {
            steps.add(new ValidatorSetStep(
                    BlockHeader.decode(step.hex("header")),
                    QuorumCertificate.decode(step.hex("commitCertificate")),
                    ValidatorSet.decode(step.hex("validators"))));
            step.end();
        }
        ReceiptProof proof = new ReceiptProof(
                fields.hex("transaction"),
                transactionPath,
                fields.hex("receipt"),
                receiptPath,
                new CertifiedHeader(
                        BlockHeader.decode(fields.hex("header")),
                        QuorumCertificate.decode(fields.hex("commitCertificate")),
                        steps));
        fields.end();
        return proof;
    }

    /** Each step as L or R, the side of the sibling, and its hash. */
    private static List<Object> path(MerklePath path) {
        List<Object> steps = new ArrayList<>();
        path.steps()
                .forEach(step ->
                        steps.add((step.left() ? "L" : "R") + step.sibling().hex()));
        return steps;
    }

    private static MerklePath path(JsonFields fields, String name) throws JsonException {
        List<MerklePath.Step> steps = new ArrayList<>();
        for (String text : fields.texts(name)) {
            boolean left = text.startsWith("L");
            if (!left && !text.startsWith("R")) {
                throw new JsonException(fields.at(name), "a step is L or R and a hash");
            }
            steps.add(new MerklePath.Step(left, Hash.fromHex(text.substring(1))));
        }
        return new MerklePath(steps);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Decodes the binary form that nodes answer with. */
    public static ReceiptProof decode(byte[] proof) throws VerificationFailed {
        try {
            return ReceiptProof.decode(proof);
        } catch (MalformedException invalid) {
            throw malformed(String.valueOf(invalid.getMessage()));
        }
    }
}
