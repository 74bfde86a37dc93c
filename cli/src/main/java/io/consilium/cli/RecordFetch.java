package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.DownloadNotes;
import io.consilium.client.FailureClass;
import io.consilium.client.NodeClient;
import io.consilium.client.NodeRefusal;
import io.consilium.client.PayloadDownload;
import io.consilium.client.Submitter;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessUse;
import io.consilium.proto.RecordState;
import io.consilium.proto.TransactionBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a record: a logged use by the custodian's own staff, else an access decision, then the disclosure (ACC-1, ACC-2). */
final class RecordFetch {
    private final Session session;

    RecordFetch(Session session) {
        this.session = session;
    }

    int run(ByteString recordId, long version, String purpose, Optional<String> out, Optional<Path> openingFile)
            throws ClientException, IOException {
        if (session.options().dryRun) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "DRY_RUN_IMPOSSIBLE",
                    "Reading a record leaves a decision on chain, so it cannot be tried out",
                    "Ask without a trace: consilium consent check");
        }
        String code = BeforeSubmit.purpose(purpose);
        Optional<Path> target = out.map(Path::of).map(Path::toAbsolutePath);
        UserFiles.requireNew(target);
        UserFiles.requireNew(openingFile);
        Path directory = target.isPresent()
                ? target.get().resolveSibling("")
                : PrivateFile.directories(session.context().home().resolve("work"));
        Optional<RecordState> visible = visible(recordId);
        if (visible.isPresent() && version > visible.get().getVersionsCount()) {
            throw noSuchVersion(recordId, version);
        }
        ByteString accessId = new CustodianKeys().freshId();
        Map<String, Object> result = decide(recordId, version, code, visible, accessId);
        Optional<String> part = target.map(Path::getFileName).map(Path::toString);
        List<String> words = List.of(session.actor(), Ids.text(recordId), Long.toString(version), code);
        Request request = new Request(
                recordId,
                accessId,
                new PayloadDownload.Place(directory, part),
                target.map(file -> DownloadNotes.download(file, words)));
        PayloadDownload.Content content = fetch(visible, request);
        try {
            Path opening = Openings.keep(
                    session, openingFile, recordId, content.version().version(), content.opening());
            result.put("version", content.version().version());
            result.put("mediaType", content.metadata().mediaType());
            content.metadata().title().ifPresent(title -> result.put("title", title));
            standing(recordId, content.version().version(), result);
            result.put("bytes", Files.size(content.file()));
            result.put("opening", opening.toString());
            deliver(content, target, result);
        } finally {
            Files.deleteIfExists(content.file());
        }
        return 0;
    }

    /** Who sees the record sees its versions too, so nothing is asked of the chain; to others it is a denial like any. */
    private static ClientException noSuchVersion(ByteString recordId, long version) {
        return new ClientException(
                FailureClass.NOT_FOUND,
                "VERSION_UNKNOWN",
                "REC-1",
                "--version-number",
                "The record has no version " + version,
                "List its versions with: consilium record history " + Ids.text(recordId));
    }

    /**
     * What is fetched.
     *
     * @param note under which a disclosure is remembered until its content has arrived; there where a file is named
     */
    private record Request(
            ByteString recordId, ByteString accessId, PayloadDownload.Place place, Optional<Hash> note) {}

    /** What the reader has to know of the content: marked as an error, or amended since (REC-1). */
    private void standing(ByteString recordId, long version, Map<String, Object> result) throws ClientException {
        Optional<RecordState> now = visible(recordId);
        if (now.isEmpty()) {
            return; // the permit ended meanwhile
        }
        int newest = now.get().getVersionsCount();
        result.put("newestVersion", newest);
        result.put("enteredInError", now.get().getEnteredInError());
        if (now.get().getEnteredInError()) {
            session.output().say("This record is marked as entered in error: do not rely on it");
        }
        if (version < newest) {
            session.output().say("This is version " + version + "; the newest is " + newest);
        }
    }

    /** Empty for those who may not see the record before they are permitted to. */
    private Optional<RecordState> visible(ByteString recordId) throws ClientException {
        try {
            return Optional.of(session.state().record(recordId).value());
        } catch (ClientException hidden) {
            if (hidden.kind() == FailureClass.NOT_FOUND || hidden.kind() == FailureClass.DENIED) {
                return Optional.empty();
            }
            throw hidden;
        }
    }

    private Map<String, Object> decide(
            ByteString recordId, long version, String purpose, Optional<RecordState> visible, ByteString accessId)
            throws ClientException {
        boolean ownStaff =
                visible.isPresent() && session.actor().startsWith(visible.get().getCustodian() + "/");
        Consumer<TransactionBody.Builder> payload = ownStaff
                ? body -> body.setAccessUse(AccessUse.newBuilder()
                        .addItems(AccessUse.Item.newBuilder()
                                .setAccessId(accessId)
                                .setRecordId(recordId)
                                .setRecordVersion(version)
                                .setPurpose(purpose)))
                : body -> body.setAccessRequest(AccessRequest.newBuilder()
                        .setAccessId(accessId)
                        .setRecordId(recordId)
                        .setRecordVersion(version)
                        .setPurpose(purpose)
                        .setAction(AccessCommands.ACCESS));
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("recordId", Ids.text(recordId));
        ids.put("accessId", Ids.text(accessId));
        Writes.Written written = new Writes(session).submit(payload, ids);
        if (written.receipt().isEmpty()) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "WAIT_NEEDED",
                    "A record is delivered only once its access is committed",
                    "Run it without --wait none");
        }
        VerifiedReceipt receipt = written.receipt().get();
        Optional<ClientException> denied = Submitter.failure(receipt.receipt());
        if (denied.isPresent()) {
            throw denied.get().kind() == FailureClass.DENIED ? onRecord(denied.get(), receipt) : denied.get();
        }
        return written.result();
    }

    /** A denial is audit material: whoever is denied learns where it stands. */
    private static ClientException onRecord(ClientException denied, VerifiedReceipt receipt) {
        return new ClientException(
                denied.kind(),
                denied.code(),
                denied.rule(),
                denied.path(),
                denied.getMessage() + "; the denial is on record as transaction "
                        + receipt.transaction().txId().hex(),
                denied.hint());
    }

    private PayloadDownload.Content fetch(Optional<RecordState> visible, Request request)
            throws ClientException, IOException {
        Custodian custodian = new Custodian(session);
        try (Progress progress = new Progress(session.output(), "Fetching", size(visible))) {
            if (visible.isPresent()) {
                String name = visible.get().getCustodian();
                return download(
                        custodian.node(name),
                        Optional.of(name),
                        () -> replicas(custodian, visible.get()),
                        request,
                        progress);
            }
            return custodian.ask(client -> {
                try {
                    return download(client, Optional.empty(), List::of, request, progress);
                } catch (IOException failed) {
                    throw unwritable(request, failed);
                }
            });
        } catch (IOException failed) {
            throw unwritable(request, failed);
        }
    }

    private PayloadDownload.Content download(
            NodeClient client,
            Optional<String> custodian,
            PayloadDownload.Replicas replicas,
            Request request,
            Progress progress)
            throws ClientException, IOException {
        PayloadDownload download = new PayloadDownload(client, replicas, session.verifier());
        DownloadNotes notes = new DownloadNotes(session.context().home().resolve("work"));
        notes.tidy(System.currentTimeMillis());
        PayloadDownload.Disclosed disclosed = disclosed(download, notes, custodian, request);
        try {
            PayloadDownload.Content content =
                    download.fetch(disclosed, request.recordId(), request.place(), progress::at);
            forget(notes, request);
            return content;
        } catch (ClientException failed) {
            if (!failed.kind().isPassing()) {
                forget(notes, request);
            } else if (request.note().isPresent()) {
                session.output().say("The same command goes on where this download stopped");
            }
            throw failed;
        }
    }

    /** Made by the custodian's node now, or, while that is away, for the download of before that broke. */
    private PayloadDownload.Disclosed disclosed(
            PayloadDownload download, DownloadNotes notes, Optional<String> custodian, Request request)
            throws ClientException, IOException {
        try {
            PayloadDownload.Disclosed disclosed = download.disclose(request.accessId());
            if (request.note().isPresent() && disclosed.isOnChain()) {
                notes.keep(request.note().get(), disclosed);
            }
            return disclosed;
        } catch (ClientException away) {
            Optional<PayloadDownload.Disclosed> before = away.kind() == FailureClass.UNREACHABLE
                            && custodian.isPresent()
                            && request.note().isPresent()
                    ? notes.find(request.note().get())
                    : Optional.empty();
            if (before.isPresent()) {
                session.output().say("The custodian's node is away; going on with what it disclosed before");
                return before.get();
            }
            throw away.kind() == FailureClass.UNREACHABLE && custodian.isPresent() && !(away instanceof NodeRefusal)
                    ? custodianAway(custodian.get()).causedBy(away)
                    : away;
        }
    }

    private static ClientException custodianAway(String custodian) {
        return new ClientException(
                FailureClass.UNREACHABLE,
                "CUSTODIAN_UNREACHABLE",
                "The node of " + custodian + ", the record's custodian, does not answer, and no other can seal the"
                        + " record's key to you",
                "Run it again once that node is back; replicas go on with a download that had begun");
    }

    private static void forget(DownloadNotes notes, Request request) throws IOException {
        if (request.note().isPresent()) {
            notes.forget(request.note().get());
        }
    }

    /** Whoever else keeps the ciphertext; one that cannot be asked is left out. */
    private List<NodeClient> replicas(Custodian custodian, RecordState record) {
        List<NodeClient> clients = new ArrayList<>();
        for (String replica : record.getReplicasList()) {
            try {
                clients.add(custodian.node(replica));
                session.output().say("The custodian's node does not go on; asking " + replica);
            } catch (ClientException away) {
                session.output().detail("Replica " + replica + " cannot be asked: " + away.getMessage());
            }
        }
        return clients;
    }

    private static long size(Optional<RecordState> visible) {
        return visible.filter(record -> record.getVersionsCount() > 0)
                .map(record -> record.getVersions(record.getVersionsCount() - 1)
                        .getContent()
                        .getCiphertextSize())
                .orElse(0L);
    }

    private void deliver(PayloadDownload.Content content, Optional<Path> target, Map<String, Object> result)
            throws IOException {
        if (target.isPresent()) {
            Files.move(content.file(), target.get());
            result.put("file", target.get().toString());
            session.output().result(result);
        } else {
            Files.copy(content.file(), session.output().raw());
            session.output().flush();
            session.output().detail("Opening kept as " + result.get("opening"));
        }
    }

    private static ClientException unwritable(Request request, IOException failed) {
        Path directory = request.place().directory();
        Path file = request.place().part().map(directory::resolve).orElse(directory);
        return UserFiles.unwritable(file, PrivateFile.reason(failed)).causedBy(failed);
    }
}
