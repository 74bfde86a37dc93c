package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.ReceiptFile;
import io.consilium.client.Submitter;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.proto.EvidenceState;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.ValidatorStatus;
import io.consilium.proto.ValidatorsResponse;
import io.consilium.proto.WatchEvent;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium chain}: blocks, transactions, receipts, and their verification. */
@Command(
        addMethodSubcommands = false,
        name = "chain",
        description = "Look at blocks and transactions, and verify them.",
        footer = {
            "  consilium --context medwatch/inspector chain status",
            "  consilium chain verify-receipt receipt.json --genesis genesis.json"
        })
final class ChainCommands {
    private static final long POLL_MILLIS = 20_000;

    private final Session session;

    ChainCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "status",
            description = "Show height, state root, leader and peers as the node sees them.",
            footer = {"  consilium --context st-mary/admin chain status", "  consilium chain status -o json"})
    int status() throws Exception {
        session.output().result(describe(session.client().status()));
        return 0;
    }

    static Map<String, Object> describe(StatusResponse status) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("chainId", Ids.text(status.getChainId()));
        object.put("node", status.getNode());
        object.put("height", status.getHeight());
        object.put("blockHash", Ids.text(status.getBlockHash()));
        object.put("stateRoot", Ids.text(status.getStateRoot()));
        object.put("leader", status.getLeader());
        object.put("round", status.getRound());
        object.put("validators", List.copyOf(status.getValidatorsList()));
        object.put("ready", status.getReady());
        object.put("notReady", List.copyOf(status.getNotReadyReasonsList()));
        object.put("observer", status.getObserver());
        object.put("pending", status.getPending());
        object.put("tipTime", status.getTipMillis() == 0 ? "" : Dates.text(status.getTipMillis()));
        object.put("clock", Dates.text(status.getClockMillis()));
        object.put("version", status.getVersion());
        List<Object> peers = new ArrayList<>();
        status.getPeersList().forEach(peer -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("institution", peer.getInstitution());
            entry.put("connected", peer.getConnected());
            entry.put("height", peer.getHeight());
            entry.put("address", peer.getAddress());
            peers.add(entry);
        });
        object.put("peers", peers);
        return object;
    }

    @Command(
            name = "validators",
            description = "List the validators of a height.",
            footer = {"  consilium chain validators", "  consilium chain validators --height 1 -o json"})
    int validators(
            @Option(names = "--height", paramLabel = "H", defaultValue = "0", description = "Height (default: next).")
                    long height)
            throws Exception {
        ValidatorsResponse response = session.client().validators(height);
        List<Map<String, Object>> items = new ArrayList<>();
        for (ValidatorStatus validator : response.getValidatorsList()) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("institution", validator.getInstitution());
            item.put("key", MemberCommands.key(validator.getKey()));
            item.put("eligibleLeader", validator.getEligibleLeader());
            items.add(item);
        }
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("epoch", response.getEpoch());
        extra.put("quorum", response.getQuorum());
        extra.put("faults", response.getFaults());
        extra.put("validatorSetHash", Ids.text(response.getValidatorSetHash()));
        session.output().list(List.of("institution", "eligibleLeader", "key"), items, Optional.empty(), extra);
        if (response.getFaults() == 0) {
            session.output().say("Warning: with " + items.size() + " validators no faulty one is tolerated");
        }
        return 0;
    }

    @Command(
            name = "block",
            description = "Show a block, its certificate verified from the genesis.",
            footer = {"  consilium chain block 12", "  consilium chain block tip -o json"})
    int block(@Parameters(paramLabel = "H", description = "Height, or tip.") String height) throws Exception {
        session.output().result(new ChainHistory(session).block(height(height)));
        return 0;
    }

    @Command(
            name = "tx",
            description = {
                "Say what became of a transaction: APPLIED, REFUSED, PENDING, UNKNOWN or EXPIRED.",
                "EXPIRED is final: no block can take it any more."
            },
            footer = {"  consilium chain tx TXID", "  consilium chain tx TXID --settle"})
    int tx(
            @Parameters(paramLabel = "TXID", description = "Transaction id, 64 hexadecimal digits.") String id,
            @Option(
                            names = "--settle",
                            description =
                                    "Wait until it can no longer be applied, and send a no-op to make that final.")
                    boolean settle)
            throws Exception {
        session.output().result(Settlement.of(session).run(Ids.transaction(id), settle));
        return 0;
    }

    @Command(
            name = "receipt",
            description = "Fetch the receipt of a transaction, verify it, and write it to a file for others to verify.",
            footer = {"  consilium chain receipt TXID --out receipt.json"})
    int receipt(
            @Parameters(paramLabel = "TXID", description = "Transaction id, 64 hexadecimal digits.") String id,
            @Option(names = "--out", paramLabel = "FILE", description = "File to write (default: standard output).")
                    Optional<Path> out)
            throws Exception {
        Hash txId = Ids.transaction(id);
        UserFiles.requireNew(out);
        VerifiedReceipt receipt = new Submitter(session.client(), session.verifier(), session.options().timeout)
                .find(txId)
                .orElseThrow(() -> new ClientException(
                        FailureClass.NOT_FOUND,
                        "NOT_FOUND",
                        "The node knows no decided transaction with this id",
                        "Ask what became of it with: consilium chain tx " + id));
        byte[] file = ReceiptFile.write(receipt.proof());
        if (out.isEmpty()) {
            session.output().raw().write(file);
            return 0;
        }
        UserFiles.write(out.get(), file);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("txId", txId.hex());
        Writes.describe(receipt.receipt(), result);
        result.put("file", out.get().toString());
        session.output().result(result);
        return 0;
    }

    @Command(
            name = "verify-receipt",
            description = "Verify a receipt offline, with the genesis alone (exit 0 or 9).",
            footer = {"  consilium chain verify-receipt receipt.json --genesis genesis.json"})
    int verifyReceipt(
            @Parameters(paramLabel = "FILE", description = "What chain receipt wrote; - is stdin.") String file)
            throws Exception {
        // One byte more than a receipt can have is enough to refuse it as one.
        byte[] bytes = UserFiles.beginning(session, file, ReceiptFile.MAX_BYTES + 1);
        Map<String, Object> result = new LinkedHashMap<>();
        try {
            ReceiptProof proof = ReceiptFile.read(bytes);
            VerifiedReceipt receipt = session.verifier().verify(proof);
            result.put("verified", true);
            result.put("txId", receipt.transaction().txId().hex());
            Writes.describe(receipt.receipt(), result);
            result.putAll(Signatures.of(receipt));
            result.put("kind", receipt.transaction().body().getPayloadCase().name());
            result.put("signer", receipt.transaction().body().getSigners(0).getActor());
            result.put("chainId", receipt.header().chainId().hex());
            result.put(
                    "objectIds",
                    receipt.receipt().getObjectIdsList().stream().map(Ids::text).toList());
        } catch (VerificationFailed failed) {
            result.put("verified", false);
            result.put("code", failed.code());
            result.put("reason", failed.getMessage());
            session.output().result(result);
            throw failed;
        }
        session.output().result(result);
        return 0;
    }

    @Command(
            name = "verify",
            description = {
                "Verify the whole history: every header, link and certificate from the genesis on (exit 0 or 9).",
                "With --config, offline in the data directory of a stopped node, with every block executed again."
            },
            footer = {"  consilium chain verify", "  consilium chain verify --config node/node.toml"})
    int verify(
            @Option(names = "--from", paramLabel = "H", defaultValue = "1", description = "First height (default 1).")
                    long from,
            @Option(names = "--config", paramLabel = "FILE", description = "node.toml of a stopped node.")
                    Optional<String> config,
            @Option(
                            names = "--changes",
                            paramLabel = "H",
                            description = "With --config: tell the hash of every value that block H wrote.")
                    Optional<Long> changes)
            throws Exception {
        if (changes.isPresent() && (config.isEmpty() || changes.get() < 1)) {
            throw new MalformedInput(
                    "--changes", "The changes of a block are told of a height and with --config", "Give both");
        }
        if (from < 1) {
            throw new MalformedInput("--from", "Heights start at 1, not at " + from, "Give --from 1 or higher");
        }
        if (config.isPresent()) {
            session.output().result(new StoredHistory(session).verify(config.get(), changes.orElse(0L)));
        } else {
            session.output().result(new ChainHistory(session).verify(from));
        }
        return 0;
    }

    @Command(
            name = "evidence",
            description = {
                "List the proven faults of validators, and whether they stand on chain yet.",
                "A fault removes nobody; that is for governance to decide."
            },
            footer = {"  consilium chain evidence", "  consilium chain evidence -o json --limit 20"})
    int evidence(@Mixin Pages.Paging paging) throws Exception {
        new Pages(session)
                .print(
                        "evidence",
                        "",
                        paging,
                        EvidenceState.parser(),
                        List.of("culprit", "kind", "height", "round", "onChain", "hash"),
                        ChainCommands::fault);
        return 0;
    }

    private static Map<String, Object> fault(EvidenceState fault) {
        boolean onChain = !fault.getTxId().isEmpty();
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("kind", fault.getKind());
        item.put("height", fault.getHeight());
        item.put("round", fault.getRound());
        item.put("culprit", fault.getCulprit());
        item.put("validatorKey", MemberCommands.key(fault.getValidatorKey()));
        item.put("hash", hash(fault.getProof()));
        item.put("onChain", onChain);
        if (onChain) {
            item.put("txId", Ids.text(fault.getTxId()));
            item.put("submittedBy", fault.getSubmittedBy());
            item.put("time", Dates.text(fault.getTimeMillis()));
        }
        item.put("proof", Ids.text(fault.getProof()));
        return item;
    }

    /** Of the proof's bytes, as the node's log names it. */
    private static String hash(ByteString proof) {
        return Hash.tagged(Evidence.DOMAIN, proof.toByteArray()).hex();
    }

    @Command(
            name = "watch",
            description = "Print events as they are decided, one a line, until stopped.",
            footer = {
                "  consilium --context st-mary/privacy chain watch",
                "  consilium chain watch --blocks --limit 10 -o json"
            })
    int watch(
            @Option(names = "--blocks", description = "Every block too.") boolean blocks,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "0", description = "End after so many events.")
                    int limit,
            @Option(names = "--cursor", paramLabel = "CURSOR", description = "Go on after an earlier event.")
                    Optional<String> from)
            throws Exception {
        Pages.requireCount("--limit", limit);
        String cursor = from.orElse("");
        int printed = 0;
        while (true) {
            WatchRequest.Builder request = WatchRequest.newBuilder()
                    .setCursor(cursor)
                    .setBlocks(blocks)
                    .setWaitMillis(POLL_MILLIS);
            if (limit > 0) {
                request.setLimit(limit - printed);
            }
            WatchResponse response = session.client().watch(request.build());
            cursor = response.getNextCursor();
            for (int i = 0; i < response.getEventsCount(); i++) {
                // A page has one cursor, after its last event: on an earlier one it would skip the rest.
                boolean last = i == response.getEventsCount() - 1;
                print(response.getEvents(i), last ? Optional.of(cursor) : Optional.empty());
                printed++;
            }
            if (limit > 0 && printed >= limit) {
                return 0;
            }
        }
    }

    private void print(WatchEvent event, Optional<String> cursor) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("height", event.getHeight());
        object.put("time", Dates.text(event.getTimeMillis()));
        object.put("type", event.getType());
        object.put("object", event.getObject());
        object.put("cursor", cursor);
        session.output()
                .event(
                        object,
                        Dates.text(event.getTimeMillis()) + "  " + event.getHeight() + "  " + event.getType() + "  "
                                + event.getObject());
    }

    private static long height(String text) throws ClientException {
        if (text.equals("tip")) {
            return 0;
        }
        if (!text.matches("[0-9]+")) {
            throw new MalformedInput("H", "'" + text + "' is no height", "Give a number from 1 on, or tip");
        }
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "NO_SUCH_BLOCK",
                    "There is no block of height " + text,
                    "The first is 1, on the genesis that consilium genesis show prints; tip is the newest");
        }
        return Long.parseLong(text);
    }
}
