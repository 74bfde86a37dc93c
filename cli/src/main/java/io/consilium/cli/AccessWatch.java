package io.consilium.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import io.consilium.ledger.block.EventType;
import io.consilium.proto.EventDetail;
import io.consilium.proto.WatchEvent;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The events that concern an institution, each told once (INT-3).
 *
 * <p>The place after each event told is kept in a file under the context's home, for this member, chain, node and
 * kinds of events: what one watch leaves out another has still to tell. A run
 * that ends, and a node that comes back, go on from there; one that is killed between telling and keeping tells that one
 * event again, since a notice told twice harms less than one lost; the node remembers every event and seals places so that they
 * outlive its restart.
 */
final class AccessWatch {
    private static final long POLL_MILLIS = 20_000;
    private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_CURSOR_BYTES = 4_096;

    private final Session session;
    private final List<String> types;

    AccessWatch(Session session, List<String> types) {
        this.session = session;
        this.types = types;
    }

    /** A kind of event, or the domain before its dot. */
    static String type(String text) throws ClientException {
        Set<String> domains = new TreeSet<>();
        Set<String> known = new TreeSet<>();
        for (EventType type : EventType.values()) {
            domains.add(type.text().substring(0, type.text().indexOf('.')));
            known.add(type.text());
        }
        known.addAll(domains);
        if (known.contains(text)) {
            return text;
        }
        throw new MalformedInput(
                "--type",
                "'" + text + "' is no kind of event",
                ContextResolver.nearest(text, known)
                        .map(near -> "Did you mean " + near + "?")
                        .orElse("Choose among " + String.join(", ", domains)
                                + ", or a kind of theirs as the watch prints it"));
    }

    /**
     * @param limit how many events, 0 for any number
     * @param since begin at this time instead of where the last watch stopped
     */
    void run(int limit, boolean once, boolean restart, OptionalLong since) throws ClientException {
        Path file = place();
        alone(file, () -> tell(file, limit, once, restart, since));
    }

    interface Telling {
        void run() throws ClientException;
    }

    /** Two watches that keep one place would each tell what the other did, or lose it. */
    static void alone(Path file, Telling telling) throws ClientException {
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        try {
            UserFiles.parentOf(file);
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = tryLock(channel)) {
                if (!held.isValid()) {
                    throw watched();
                }
                telling.run();
            }
        } catch (IOException failed) {
            throw unusable(lock, failed);
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException, ClientException {
        try {
            return Optional.ofNullable(channel.tryLock()).orElseThrow(AccessWatch::watched);
        } catch (OverlappingFileLockException held) {
            throw watched().causedBy(held);
        }
    }

    private static ClientException watched() {
        return new ClientException(
                FailureClass.CONFLICT,
                "ALREADY_WATCHED",
                "INT-3",
                "",
                "Another watch of the same kinds runs for this member and node",
                "End it first, or watch other kinds with --type; each has a place of its own");
    }

    private void tell(Path file, int limit, boolean once, boolean restart, OptionalLong since) throws ClientException {
        String cursor = restart ? "" : read(file);
        WatchRequest.Builder first = WatchRequest.newBuilder();
        if (since.isPresent()) {
            first.setSinceMillis(since.getAsLong());
        } else if (cursor.isEmpty()) {
            // the beginning is a place too: what comes between this run and the next is not lost
            cursor = session.client().watch(WatchRequest.getDefaultInstance()).getNextCursor();
            write(file, cursor);
            session.output().say("The watch begins here; --since TIME tells what was before");
        }
        int told = 0;
        boolean away = false;
        while (true) {
            WatchResponse response;
            try {
                response = session.client()
                        .watch((first.getSinceMillis() > 0
                                        ? first
                                        : WatchRequest.newBuilder().setCursor(cursor))
                                .setWaitMillis(once ? 0 : POLL_MILLIS)
                                .build());
                away = false;
            } catch (ClientException failed) {
                if (once || !isAway(failed)) {
                    throw failed;
                }
                if (!away) {
                    session.output().say("The node is away; waiting for it to come back ...");
                }
                away = true;
                LockSupport.parkNanos(AWAY_NANOS);
                continue;
            }
            for (WatchEvent event : response.getEventsList()) {
                if (wanted(event.getType())) {
                    print(event);
                    told++;
                }
                write(file, event.getCursor());
                if (limit > 0 && told >= limit) {
                    return;
                }
            }
            cursor = response.getNextCursor();
            first.clear();
            write(file, cursor);
            if (once && response.getEventsCount() == 0 && !response.getMore()) {
                return;
            }
        }
    }

    /** A node that restarts refuses connections, then tokens of before its start (a second's rounding). */
    private static boolean isAway(ClientException failed) {
        return failed.kind() == FailureClass.UNREACHABLE || failed.code().equals("TOKEN_BEFORE_START");
    }

    private boolean wanted(String type) {
        return types.stream().anyMatch(each -> type.equals(each) || type.startsWith(each + "."));
    }

    private void print(WatchEvent event) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("height", event.getHeight());
        object.put("time", Dates.text(event.getTimeMillis()));
        object.put("type", event.getType());
        object.put("object", event.getObject());
        String actor = "";
        try {
            actor = EventDetail.parseFrom(event.getPayload()).getActor();
            object.put("actor", actor);
        } catch (InvalidProtocolBufferException malformed) {
            session.output().detail("The details of an event cannot be read by this version");
        }
        session.output()
                .event(
                        object,
                        Dates.text(event.getTimeMillis()) + "  " + event.getHeight() + "  " + event.getType() + "  "
                                + event.getObject() + "  " + actor);
    }

    private Path place() throws ClientException {
        String who = session.genesis().chainId().hex() + "\n" + session.actor() + "\n"
                + session.client().endpoint().institution() + "\n" + String.join(" ", new TreeSet<>(types));
        String name = Hash.sha256(who.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
        return session.context().home().resolve("watch").resolve(name + ".cursor");
    }

    private static String read(Path file) throws ClientException {
        try {
            return Files.exists(file)
                    ? new String(PrivateFile.read(file, MAX_CURSOR_BYTES), StandardCharsets.US_ASCII).strip()
                    : "";
        } catch (IOException failed) {
            throw unusable(file, failed);
        }
    }

    private static void write(Path file, String cursor) throws ClientException {
        try {
            UserFiles.parentOf(file);
            PrivateFile.replace(file, cursor.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException failed) {
            throw unusable(file, failed);
        }
    }

    private static ClientException unusable(Path file, IOException failed) {
        return new ClientException(
                        FailureClass.USAGE,
                        "PLACE_UNUSABLE",
                        "The place where the watch stopped cannot be kept in " + file + ": "
                                + PrivateFile.reason(failed),
                        "Check the directory, or start anew with --restart")
                .causedBy(failed);
    }
}
