package io.consilium.node.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.node.Node;
import io.consilium.node.TestCluster;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Cursors;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.RecordDecisions;
import io.consilium.node.vault.VaultCluster;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.WatchEvent;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class EventFeedTest {
    private static final Caller READER = VaultCluster.administrator(3);
    private static final int PAGE_EVENTS = 500;

    private static WatchResponse answer(EventFeed feed, WatchRequest request) throws Exception {
        return feed.answer(READER, request).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("INT-3 whoever waits reads all that is there first, however much of it is hidden, and then waits")
    void int3_readsOnBehindWhatIsHidden(@TempDir Path directory) throws Exception {
        VaultCluster vaults = new VaultCluster(directory);
        try (TestCluster nodes = vaults.nodes) {
            nodes.startAll();
            Node node = nodes.node(3);
            PolicySource policies = new PolicySource(node, new RecordDecisions());
            try (EventFeed feed = new EventFeed(node, policies, new Cursors(new byte[32]), Runnable::run, 1, 1)) {
                String begin = answer(feed, WatchRequest.getDefaultInstance()).getNextCursor();
                vaults.registerPatient();
                List<Consumer<TransactionBody.Builder>> hidden = new ArrayList<>();
                for (int i = 0; i < 2 * PAGE_EVENTS; i++) {
                    byte[] content = VaultCluster.payload(16);
                    hidden.add(body -> body.setRecordRegister(
                            vaults.registration(VaultCluster.id(), content, VaultCluster.payload(32))));
                }
                vaults.commitAll(0, hidden);
                vaults.offer(0, 3);
                TestCluster.await(() ->
                        vaults.state(3).patient(vaults.patient).orElseThrow().hasTransfer());

                // who does not wait is told that there is more, though nothing of it was found (access watch --once)
                WatchResponse nothingYet =
                        answer(feed, WatchRequest.newBuilder().setCursor(begin).build());
                assertThat(nothingYet.getEventsList()).isEmpty();
                assertThat(nothingYet.getMore()).isTrue();
                List<String> told = new ArrayList<>();
                WatchResponse page = nothingYet;
                while (page.getMore() || page.getEventsCount() > 0) {
                    page = answer(
                            feed,
                            WatchRequest.newBuilder()
                                    .setCursor(page.getNextCursor())
                                    .build());
                    page.getEventsList().forEach(event -> told.add(event.getType()));
                }
                assertThat(told).containsExactly("patient.transfer-offered");

                WatchRequest request = WatchRequest.newBuilder()
                        .setCursor(begin)
                        .setWaitMillis(30_000)
                        .build();
                assertThat(answer(feed, request).getEventsList())
                        .extracting(WatchEvent::getType)
                        .containsExactly("patient.transfer-offered");
            }
        }
    }
}
