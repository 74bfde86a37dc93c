package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.ProtoJson;
import io.consilium.client.Submitter;
import io.consilium.client.TransactionBuilder;
import io.consilium.client.TransactionDraft;
import io.consilium.client.VerifiedReceipt;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.PublicKey;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.TransactionBody;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium tx}: the three steps of a write apart, e.g. to sign on a machine without a network. */
@Command(
        addMethodSubcommands = false,
        name = "tx",
        description = "Build, sign and submit a transaction in separate steps, e.g. to sign offline.",
        footer = {
            "  consilium consent revoke C --reason R --dry-run -o json | consilium tx build - --out body.json",
            "  consilium tx sign body.json --out signed.json",
            "  consilium tx submit signed.json"
        })
final class TxCommands {
    private static final Set<String> ENVELOPE = Set.of("chainId", "salt", "validUntilMillis", "signers");

    private final Session session;

    TxCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "build",
            description = {
                "Build an unsigned transaction from its payload in JSON, or from what --dry-run printed.",
                "It needs the genesis and the public key of --as; no password and no network."
            },
            footer = {
                "  consilium tx build payload.json --valid-for 5m --out body.json",
                "  echo '{\"noop\":{}}' | consilium tx build - --out body.json"
            })
    int build(
            @Parameters(
                            paramLabel = "FILE",
                            description = "Payload, e.g. {\"memberSuspend\":{\"member\":\"st-mary/x\"}}; - is stdin.")
                    String file,
            @Option(
                            names = "--valid-for",
                            paramLabel = "TIME",
                            defaultValue = "5m",
                            converter = DurationText.class,
                            description = "How long it may be included, at most 9m (default 5m).")
                    Duration validFor,
            @Option(names = "--out", paramLabel = "FILE", description = "File to write (default: standard output).")
                    Optional<Path> out)
            throws Exception {
        UserFiles.requireNew(out);
        if (validFor.compareTo(TransactionBuilder.MAX_VALIDITY) > 0) {
            throw new MalformedInput(
                    "--valid-for", "A transaction is valid for at most ten minutes", "Give at most 9m, and sign soon");
        }
        TransactionBody payload = payload(
                UserFiles.read(session, file, TxFile.MAX_BYTES),
                session.genesis().chainId());
        TransactionDraft draft = TransactionDraft.build(
                session.genesis().chainId(),
                List.of(TransactionDraft.signer(session.actor(), publicKey())),
                System.currentTimeMillis() + validFor.toMillis(),
                new SecureRandom(),
                body -> body.mergeFrom(payload));
        write(TxFile.unsigned(draft), out);
        return 0;
    }

    @Command(
            name = "sign",
            description = "Sign a built transaction as --as; no network is needed.",
            footer = {"  consilium --context st-mary/admin tx sign body.json --out signed.json"})
    int sign(
            @Parameters(paramLabel = "FILE", description = "What tx build wrote; - is stdin.") String file,
            @Option(names = "--out", paramLabel = "FILE", description = "File to write (default: standard output).")
                    Optional<Path> out)
            throws Exception {
        UserFiles.requireNew(out);
        TxFile transaction = TxFile.parse(UserFiles.read(session, file, TxFile.MAX_BYTES));
        write(
                transaction.sign(
                        session.genesis().chainId(),
                        session.actor(),
                        session.identity().signer()),
                out);
        return 0;
    }

    @Command(
            name = "submit",
            description = "Submit a signed transaction and wait for its receipt.",
            footer = {"  consilium --context st-mary/admin tx submit signed.json"})
    int submit(@Parameters(paramLabel = "FILE", description = "What tx sign wrote; - is stdin.") String file)
            throws Exception {
        TxFile transaction = TxFile.parse(UserFiles.read(session, file, TxFile.MAX_BYTES));
        byte[] signed = transaction.signedBytes();
        Hash txId = transaction.draft().txId();
        requireNew(txId);
        Writes writes = new Writes(session);
        writes.print(writes.submitSigned(signed, txId, Map.of()));
        return 0;
    }

    /** TX-3: the chain would not apply it again, and the user should know that this is no fresh receipt. */
    private void requireNew(Hash txId) throws ClientException {
        Optional<VerifiedReceipt> decided =
                new Submitter(session.client(), session.verifier(), session.options().timeout).find(txId);
        if (decided.isPresent()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("txId", txId.hex());
            Writes.describe(decided.get().receipt(), result);
            session.output().result(result);
            throw new ClientException(
                    FailureClass.CONFLICT,
                    Refusal.DUPLICATE_TRANSACTION.name(),
                    Refusal.DUPLICATE_TRANSACTION.rule(),
                    "",
                    "This transaction is in block " + decided.get().receipt().getHeight()
                            + " already and is not applied again",
                    "Fetch its receipt with: consilium chain receipt " + txId.hex());
        }
    }

    private TransactionBody payload(byte[] json, Hash chainId) throws ClientException {
        Object tree;
        try {
            tree = JsonReader.read(json);
        } catch (JsonException invalid) {
            throw MalformedInput.ofDocument(
                    invalid.path(), "The payload is not JSON: " + invalid.getMessage(), "Correct it and try again");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        if (tree instanceof Map<?, ?> object) {
            Object shown = object.get("dryRun") != null ? object.get("transaction") : object;
            if (shown instanceof Map<?, ?> inner) {
                inner.forEach((name, value) -> fields.put(String.valueOf(name), value));
            }
        }
        requireChain(fields, chainId);
        // The envelope is made anew: its salt and times are this build's.
        fields.keySet().removeAll(ENVELOPE);
        TransactionBody.Builder body = TransactionBody.newBuilder();
        ProtoJson.read(fields, body, "");
        if (body.getPayloadCase() == TransactionBody.PayloadCase.PAYLOAD_NOT_SET) {
            throw MalformedInput.ofDocument(
                    "",
                    "The payload names nothing to do",
                    "Write one object, e.g. {\"noop\":{}} or {\"memberAdd\":{…}}");
        }
        return body.build();
    }

    /** What was printed for another chain is not quietly built for this one. */
    private static void requireChain(Map<String, Object> fields, Hash chainId) throws ClientException {
        Object text = fields.get("chainId");
        if (text == null) {
            return;
        }
        TransactionBody.Builder named = TransactionBody.newBuilder();
        ProtoJson.read(Map.of("chainId", text), named, "");
        if (!named.getChainId().equals(ByteString.copyFrom(chainId.toBytes()))) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    Refusal.WRONG_CHAIN.name(),
                    Refusal.WRONG_CHAIN.rule(),
                    "chainId",
                    "The payload names another chain than the genesis of this context",
                    "Leave chainId out, or give that chain's genesis with --genesis");
        }
    }

    private PublicKey publicKey() throws ClientException, KeystoreException {
        Path keystore = session.context()
                .key()
                .orElseThrow(() -> new MalformedInput("--key", "No keystore is known", "Give --key FILE or a context"));
        String text = Keystore.describe(UserFiles.existing(keystore.toString()))
                .publicKeys()
                .get(Keystore.Secrets.SIGNING);
        if (text == null) {
            throw new MalformedInput(
                    "--key", "The keystore " + keystore + " has no signing key", "Name the member's keystore");
        }
        return PublicKey.parse(text);
    }

    private void write(TxFile transaction, Optional<Path> out) throws Exception {
        Map<String, Object> json = transaction.toJson();
        if (out.isEmpty()) {
            session.output().raw().println(JsonWriter.indented(json));
            return;
        }
        UserFiles.write(out.get(), (JsonWriter.indented(json) + "\n").getBytes(StandardCharsets.UTF_8));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("txId", transaction.draft().txId().hex());
        result.put("file", out.get().toString());
        result.put("signed", transaction.signatures().stream().allMatch(Optional::isPresent));
        session.output().result(result);
    }
}
