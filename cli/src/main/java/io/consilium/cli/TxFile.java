package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.ProtoJson;
import io.consilium.client.TransactionDraft;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A transaction on its way between build, sign and submit, as JSON.
 *
 * @param signatures one for each signer of the body, in order; empty where that signer has not signed yet
 */
record TxFile(TransactionDraft draft, List<Optional<byte[]>> signatures) {
    static final int MAX_BYTES = 1024 * 1024;

    private static final String FORMAT = "consilium-transaction-1";
    private static final int SIGNATURE_BYTES = 64;

    static TxFile unsigned(TransactionDraft draft) throws MalformedInput {
        List<Optional<byte[]>> none = new ArrayList<>();
        read(draft).getSignersList().forEach(signer -> none.add(Optional.empty()));
        return new TxFile(draft, none);
    }

    static TransactionBody read(TransactionDraft draft) throws MalformedInput {
        try {
            return draft.read();
        } catch (InvalidProtocolBufferException malformed) {
            throw MalformedInput.ofDocument("body", "The body is no transaction", "Build it with: consilium tx build");
        }
    }

    static TxFile parse(byte[] bytes) throws ClientException {
        try {
            Object document = JsonReader.read(bytes);
            JsonFields fields = JsonFields.of(document, "");
            if (!fields.text("format").equals(FORMAT)) {
                throw new JsonException("format", "not " + FORMAT);
            }
            TransactionDraft draft = TransactionDraft.of(fields.hex("body"));
            List<Optional<byte[]>> signatures = new ArrayList<>();
            for (String text : fields.texts("signatures")) {
                signatures.add(
                        text.isEmpty()
                                ? Optional.empty()
                                : Optional.of(HexFormat.of().parseHex(text)));
            }
            String txId = fields.text("txId");
            fields.object("transaction");
            fields.end();
            TransactionBody body = read(draft);
            requireShown(document, body);
            if (!txId.equals(draft.txId().hex())) {
                throw new JsonException("txId", "not the id of this body");
            }
            if (signatures.size() != body.getSignersCount()
                    || signatures.stream().anyMatch(s -> s.isPresent() && s.get().length != SIGNATURE_BYTES)) {
                throw new JsonException("signatures", "one text for each signer expected, 64 bytes or empty");
            }
            return new TxFile(draft, signatures);
        } catch (JsonException invalid) {
            throw malformed(invalid.path(), String.valueOf(invalid.getMessage()));
        } catch (IllegalArgumentException notHex) {
            throw malformed("signatures", "lowercase hexadecimal digits expected");
        }
    }

    /** Whoever signs reads "transaction" and signs "body": both must say the same. */
    private static void requireShown(Object document, TransactionBody body) throws JsonException {
        Object shown = document instanceof Map<?, ?> fields ? fields.get("transaction") : null;
        if (!JsonReader.read(JsonWriter.compact(ProtoJson.write(body))).equals(shown)) {
            throw new JsonException("transaction", "not what the body says");
        }
    }

    private static MalformedInput malformed(String path, String reason) {
        return MalformedInput.ofDocument(
                path,
                "This is no transaction file: " + reason + " (" + path + ")",
                "Make one with: consilium tx build");
    }

    /** Adds the signature of an actor whose key the body names. */
    TxFile sign(Hash chainId, String actor, Signer signer) throws ClientException {
        TransactionBody body = read(draft);
        if (!body.getChainId().equals(ByteString.copyFrom(chainId.toBytes()))) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    Refusal.WRONG_CHAIN.name(),
                    Refusal.WRONG_CHAIN.rule(),
                    "body.chainId",
                    "The transaction is for another chain than the genesis given",
                    "Build it anew with the genesis of this chain");
        }
        List<Optional<byte[]>> signed = new ArrayList<>(signatures);
        List<TransactionSigner> signers = body.getSignersList();
        for (int i = 0; i < signers.size(); i++) {
            if (signers.get(i).getActor().equals(actor)
                    && PublicKey.ed25519(signers.get(i).getKey().getKey().toByteArray())
                            .equals(signer.publicKey())) {
                signed.set(i, Optional.of(draft.sign(chainId, signer)));
                return new TxFile(draft, signed);
            }
        }
        throw new MalformedInput(
                "--as",
                actor + " with this key is not among the signers of the transaction",
                "Sign as one of: "
                        + String.join(
                                ", ",
                                signers.stream()
                                        .map(TransactionSigner::getActor)
                                        .toList()));
    }

    /** The signed bytes; all signers must have signed. */
    byte[] signedBytes() throws ClientException {
        List<byte[]> all = new ArrayList<>();
        List<TransactionSigner> signers = read(draft).getSignersList();
        for (int i = 0; i < signatures.size(); i++) {
            if (signatures.get(i).isEmpty()) {
                throw new MalformedInput(
                        "signatures[" + i + "]",
                        signers.get(i).getActor() + " has not signed the transaction",
                        "Sign it with: consilium tx sign");
            }
            all.add(signatures.get(i).get());
        }
        return draft.signed(all);
    }

    Map<String, Object> toJson() throws MalformedInput {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("format", FORMAT);
        object.put("txId", draft.txId().hex());
        object.put("body", HexFormat.of().formatHex(draft.body()));
        object.put(
                "signatures",
                signatures.stream()
                        .map(signature ->
                                signature.map(HexFormat.of()::formatHex).orElse(""))
                        .toList());
        object.put("transaction", ProtoJson.write(read(draft)));
        return object;
    }
}
