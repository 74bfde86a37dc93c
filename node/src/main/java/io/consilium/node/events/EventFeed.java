package io.consilium.node.events;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.node.CommittedBlock;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Cursors;
import io.consilium.node.api.Operation;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.StateView;
import io.consilium.proto.EventDetail;
import io.consilium.proto.WatchEvent;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import io.consilium.storage.EventCursor;
import io.consilium.storage.EventPage;
import io.consilium.storage.StoredEvent;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Blocks and events for a reader who comes back with a cursor: what there is already is answered at once, else the answer
 * waits for the next block that holds something for this reader, or for the end of the reader's patience (INT-3).
 */
public final class EventFeed implements Operation<WatchRequest, WatchResponse>, AutoCloseable {
    private static final String QUESTION = "watch";
    private static final int DEFAULT_EVENTS = 100;
    private static final int MAX_EVENTS = 1_000;
    private static final int PAGE_EVENTS = 500;
    private static final int MAX_PAGES = 20;
    private static final long MAX_WAIT_MILLIS = 30_000;
    private static final int BEFORE_EVENTS = -1;

    private final NodeGateway node;
    private final PolicySource policies;
    private final Cursors cursors;
    private final Executor executor;
    private final int maxWatchers;
    private final int maxPages;
    private final AtomicInteger watchers = new AtomicInteger();

    /** Completed and replaced at each block. */
    private volatile CompletableFuture<Void> nextBlock = new CompletableFuture<>();

    private volatile boolean closed;

    public EventFeed(NodeGateway node, PolicySource policies, Cursors cursors, Executor executor, int maxWatchers) {
        this(node, policies, cursors, executor, maxWatchers, MAX_PAGES);
    }

    EventFeed(
            NodeGateway node,
            PolicySource policies,
            Cursors cursors,
            Executor executor,
            int maxWatchers,
            int maxPages) {
        this.node = node;
        this.policies = policies;
        this.cursors = cursors;
        this.executor = executor;
        this.maxWatchers = maxWatchers;
        this.maxPages = maxPages;
        node.onCommitted(this::committed);
    }

    private void committed(CommittedBlock block) {
        wake();
    }

    /** Answers everybody who waits, so that a stop need not wait for them; their cursors serve after the restart. */
    @Override
    public void close() {
        closed = true;
        wake();
    }

    private void wake() {
        CompletableFuture<Void> waiting = nextBlock;
        nextBlock = new CompletableFuture<>();
        waiting.complete(null);
    }

    @Override
    public CompletionStage<WatchResponse> answer(Caller caller, WatchRequest request) {
        if (request.getLimit() < 0
                || request.getLimit() > MAX_EVENTS
                || request.getWaitMillis() < 0
                || request.getSinceMillis() < 0) {
            throw ApiProblem.malformed("at most " + MAX_EVENTS + " events in one answer, and no negative time", "limit")
                    .asException();
        }
        long deadline =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(request.getWaitMillis(), MAX_WAIT_MILLIS));
        if (watchers.incrementAndGet() > maxWatchers) {
            watchers.decrementAndGet();
            throw ApiProblem.unavailable("BUSY", "as many readers wait as may", "try again in a second")
                    .asException();
        }
        CompletableFuture<WatchResponse> answer = new CompletableFuture<>();
        answer.whenComplete((response, failure) -> watchers.decrementAndGet());
        try {
            poll(new Reader(caller, request, start(caller, request)), deadline, answer);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private record Reader(Caller caller, WatchRequest request, EventCursor from) {
        int limit() {
            return request.getLimit() == 0 ? DEFAULT_EVENTS : request.getLimit();
        }
    }

    private EventCursor start(Caller caller, WatchRequest request) {
        if (request.getCursor().isEmpty()) {
            try (StateView view = StateView.open(node)) {
                long tip = view.chain().tipHeight();
                return EventCursor.after(
                        request.getSinceMillis() == 0 ? tip : lastBefore(view, tip, request.getSinceMillis()));
            }
        }
        try {
            return CanonicalReader.decode(
                    cursors.open(caller, QUESTION, request.getCursor()),
                    Long.BYTES + Integer.BYTES,
                    "cursor",
                    reader -> new EventCursor(reader.readLong(), reader.readInt()));
        } catch (MalformedException e) {
            throw ApiProblem.malformed("the cursor is not one that this node gave you", "cursor")
                    .asException();
        }
    }

    /** The last block before a time; block times never fall. What is not stored here lies before all that is. */
    private static long lastBefore(StateView view, long tip, long millis) {
        long before = 0;
        long from = tip + 1;
        while (from - before > 1) {
            long middle = before + (from - before) / 2;
            if (view.chain().header(middle).isEmpty() || view.blockMillis(middle) < millis) {
                before = middle;
            } else {
                from = middle;
            }
        }
        return before;
    }

    private void poll(Reader reader, long deadline, CompletableFuture<WatchResponse> answer) {
        // Taken before reading, so that a block that comes between is not slept through.
        CompletableFuture<Void> block = nextBlock;
        Reading reading = read(reader);
        WatchResponse response = reading.response();
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (response.getEventsCount() > 0 || leftMillis <= 0 || closed) {
            answer.complete(response);
            return;
        }
        CompletableFuture<Void> news = reading.more()
                ? CompletableFuture.completedFuture(null)
                : block.copy().completeOnTimeout(null, leftMillis, TimeUnit.MILLISECONDS);
        news.thenRunAsync(
                        () -> poll(new Reader(reader.caller(), reader.request(), reading.next()), deadline, answer),
                        executor)
                .exceptionally(failure -> {
                    answer.completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
                    return null;
                });
    }

    /**
     * What was found, and where reading goes on: past what the caller does not see as well.
     *
     * @param more whether there is more that was not looked at
     */
    private record Reading(WatchResponse response, EventCursor next, boolean more) {}

    private Reading read(Reader reader) {
        WatchResponse.Builder response = WatchResponse.newBuilder();
        EventCursor at = reader.from();
        try (StateView view = StateView.open(node)) {
            EventVisibility visibility = new EventVisibility(policies.on(view.state()), reader.caller());
            for (int page = 0; page < maxPages; page++) {
                EventPage events = view.chain().events(at, PAGE_EVENTS);
                for (StoredEvent event : events.events()) {
                    at = blocks(view, at, event.cursor().height(), reader, response);
                    if (response.getEventsCount() >= reader.limit()) {
                        return finish(reader, response, at, true);
                    }
                    at = event.cursor();
                    EventDetail detail = detail(event);
                    if (visibility.sees(event.event(), detail)) {
                        response.addEvents(event(event, detail).toBuilder().setCursor(sealed(reader, event.cursor())));
                    }
                }
                if (events.events().isEmpty()) {
                    long tip = view.chain().tipHeight();
                    at = blocks(view, at, tip, reader, response);
                    at = at.height() == tip ? EventCursor.after(tip) : at;
                    return finish(reader, response, at, false);
                }
            }
        }
        return finish(reader, response, at, true);
    }

    private Reading finish(Reader reader, WatchResponse.Builder response, EventCursor at, boolean more) {
        response.setNextCursor(sealed(reader, at)).setMore(more && response.getEventsCount() == 0);
        return new Reading(response.build(), at, more);
    }

    private String sealed(Reader reader, EventCursor at) {
        byte[] place = new CanonicalWriter()
                .writeLong(at.height())
                .writeInt(at.index())
                .toBytes();
        return cursors.seal(reader.caller(), QUESTION, place);
    }

    /** Tells of the blocks after {@code at} up to {@code height}, as far as the limit allows. */
    private EventCursor blocks(
            StateView view, EventCursor at, long height, Reader reader, WatchResponse.Builder response) {
        if (!reader.request().getBlocks()) {
            return at.height() < height ? new EventCursor(height, BEFORE_EVENTS) : at;
        }
        EventCursor told = at;
        while (told.height() < height && response.getEventsCount() < reader.limit()) {
            long next = told.height() + 1;
            byte[] bytes = view.chain()
                    .header(next)
                    .orElseThrow(() -> new IllegalStateException("block " + next + " is not stored"));
            told = new EventCursor(next, BEFORE_EVENTS);
            response.addEvents(block(bytes).toBuilder().setCursor(sealed(reader, told)));
        }
        return told;
    }

    private static WatchEvent block(byte[] bytes) {
        try {
            BlockHeader header = BlockHeader.decode(bytes);
            return WatchEvent.newBuilder()
                    .setHeight(header.height())
                    .setType("block")
                    .setObject(header.hash().hex())
                    .setPayload(ByteString.copyFrom(bytes))
                    .setTimeMillis(header.timestampMillis())
                    .build();
        } catch (MalformedException e) {
            throw new IllegalStateException("a stored header cannot be read; check the database", e);
        }
    }

    private static WatchEvent event(StoredEvent event, EventDetail detail) {
        String object = detail.getObjectIdsCount() == 0
                ? ""
                : HexFormat.of().formatHex(detail.getObjectIds(0).toByteArray());
        return WatchEvent.newBuilder()
                .setHeight(event.cursor().height())
                .setType(event.event().type())
                .setObject(object)
                .setPayload(ByteString.copyFrom(event.event().payload()))
                .setTimeMillis(detail.getTimeMillis())
                .build();
    }

    private static EventDetail detail(StoredEvent event) {
        try {
            return EventDetail.parseFrom(event.event().payload());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a stored event cannot be read; check the database", e);
        }
    }
}
