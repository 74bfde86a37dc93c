package io.consilium.node.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Certificates;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.proto.Hello;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.TransactionBatch;
import io.consilium.proto.Vote;
import io.consilium.proto.WireValues;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeerNetworkTest {
    private static final Hash CHAIN = Hash.sha256("chain".getBytes(StandardCharsets.UTF_8));
    private static final long CLOCK = 1_700_000_000_000L;

    private final KeyPair alphaKey = key(1);
    private final KeyPair betaKey = key(2);
    private final KeyPair strangerKey = key(9);
    private final List<AutoCloseable> started = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : started) {
            each.close();
        }
    }

    @Test
    void twoNodesConnectOnceAndExchangeFrames() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        Side alpha = new Side("alpha", alphaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        alpha.start(List.of(address("beta", betaKey, beta.port())));

        assertThat(alpha.nextEvent()).isEqualTo("connected beta");
        assertThat(beta.nextEvent()).isEqualTo("connected alpha");
        alpha.network.send(List.of("beta"), vote(7), FramePriority.VOTE);
        beta.network.send(List.of("alpha"), vote(8), FramePriority.VOTE);

        assertThat(beta.nextFrame().frame().getVote().getHeight()).isEqualTo(7);
        assertThat(alpha.nextFrame().frame().getVote().getHeight()).isEqualTo(8);
        assertThat(alpha.network.connected()).containsExactly("beta");
    }

    @Test
    void refusesACallerWhoseKeyIsNotInTheRegistry() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        Side stranger = new Side("alpha", strangerKey, CHAIN, 0);
        stranger.start(List.of(address("beta", betaKey, beta.port())));

        await(() -> beta.network.counters().refusals() > 0);
        assertThat(beta.network.connected()).isEmpty();
        assertThat(stranger.network.connected()).isEmpty();
    }

    @Test
    void refusesACalledNodeThatShowsAnotherKey() throws Exception {
        Side impostor = new Side("beta", strangerKey, CHAIN, 0);
        impostor.start(List.of(address("alpha", alphaKey, 1)));
        Side alpha = new Side("alpha", alphaKey, CHAIN, 0);
        alpha.start(List.of(address("beta", betaKey, impostor.port())));

        await(() -> alpha.network.counters().refusals() > 0);
        assertThat(alpha.network.connected()).isEmpty();
    }

    @Test
    void refusesANodeOfAnotherChain() throws Exception {
        Side beta = new Side("beta", betaKey, Hash.sha256("other".getBytes(StandardCharsets.UTF_8)), 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        Side alpha = new Side("alpha", alphaKey, CHAIN, 0);
        alpha.start(List.of(address("beta", betaKey, beta.port())));

        await(() -> alpha.network.counters().refusals() > 0);
        assertThat(alpha.network.connected()).isEmpty();
        assertThat(alpha.frames).isEmpty();
    }

    @Test
    void reconnectsAfterThePeerRestartsOnItsPort() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        Side alpha = new Side("alpha", alphaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        int port = beta.port();
        alpha.start(List.of(address("beta", betaKey, port)));
        assertThat(alpha.nextEvent()).isEqualTo("connected beta");

        beta.close();
        assertThat(alpha.nextEvent()).isEqualTo("disconnected beta");
        Side again = new Side("beta", betaKey, CHAIN, port);
        again.start(List.of(address("alpha", alphaKey, 1)));
        assertThat(alpha.nextEvent()).isEqualTo("connected beta");
        assertThat(again.nextEvent()).isEqualTo("connected alpha");
    }

    @Test
    void closesConnectionsOfAPeerThatLeavesTheRegistry() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        Side alpha = new Side("alpha", alphaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        alpha.start(List.of(address("beta", betaKey, beta.port())));
        assertThat(alpha.nextEvent()).isEqualTo("connected beta");

        beta.network.registry(List.of());
        assertThat(alpha.nextEvent()).isEqualTo("disconnected beta");
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of());
        Side second = new Side("alpha", alphaKey, CHAIN, beta.port());
        assertThatThrownBy(() -> second.start(List.of()))
                .isInstanceOf(BindException.class)
                .hasMessageContaining(":" + beta.port())
                .hasMessageContaining("cannot be bound");
    }

    @Test
    void closesOnAnOversizedFrameBeforeAndAfterTheHello() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.out.writeInt(PeerConnection.MAX_HELLO_BYTES + 1);
            raw.out.write(new byte[64]);
            raw.out.flush();
            raw.expectClosed();
        }
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.hello("alpha", CHAIN);
            assertThat(beta.nextEvent()).isEqualTo("connected alpha");
            raw.out.writeInt(PeerNetworkConfig.of("x", CHAIN, "h", 0).maxFrameBytes() + 1);
            raw.out.write(new byte[64]);
            raw.out.flush();
            raw.expectClosed();
            assertThat(beta.nextEvent()).isEqualTo("disconnected alpha");
        }
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.out.writeInt(-1);
            raw.out.flush();
            raw.expectClosed();
        }
    }

    @Test
    void closesOnBytesThatAreNoTls() throws Exception {
        try (Socket caller = new Socket("127.0.0.1", startedBeta().port())) {
            caller.getOutputStream().write("name=Jane Doe".repeat(300).getBytes(StandardCharsets.UTF_8));
            assertThat(caller.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void saysNothingOfTheBytesThatAreNoTls() {
        EmbeddedChannel channel = new EmbeddedChannel(new SslHandler(engine()));
        ByteBuf bytes = Unpooled.copiedBuffer("name=Jane Doe".repeat(300), StandardCharsets.UTF_8);
        assertThatThrownBy(() -> channel.writeInbound(bytes))
                .isInstanceOfSatisfying(
                        DecoderException.class, e -> assertThat(PeerConnection.reason((SSLException) e.getCause()))
                                .isEqualTo("not a TLS record"));
        assertThat(PeerConnection.reason(new SSLException("no common cipher"))).isEqualTo("no common cipher");
    }

    private static SSLEngine engine() {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(false);
            return engine;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Side startedBeta() throws IOException {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        return beta;
    }

    @Test
    void closesOnGarbageEmptyAndTruncatedFrames() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        byte[] vote = vote(3);
        byte[] truncated = java.util.Arrays.copyOf(vote, vote.length - 3);
        for (byte[] bad : List.of(new byte[] {(byte) 0xff, 0x01, 0x77}, new byte[0], truncated)) {
            try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
                raw.hello("alpha", CHAIN);
                assertThat(beta.nextEvent()).isEqualTo("connected alpha");
                raw.frame(bad);
                raw.expectClosed();
                assertThat(beta.nextEvent()).isEqualTo("disconnected alpha");
            }
        }
        assertThat(beta.frames).isEmpty();
    }

    @Test
    void closesOnAFrameOfMoreValuesThanFitInMemory() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.hello("alpha", CHAIN);
            assertThat(beta.nextEvent()).isEqualTo("connected alpha");
            raw.frame(manyTransactions(PeerConnection.MAX_VALUES - 1));
            assertThat(beta.nextFrame().frame().getTransactions().getTransactionsCount())
                    .isEqualTo(PeerConnection.MAX_VALUES - 1);
        }
        assertThat(beta.nextEvent()).isEqualTo("disconnected alpha");
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.hello("alpha", CHAIN);
            assertThat(beta.nextEvent()).isEqualTo("connected alpha");
            raw.frame(manyTransactions(PeerConnection.MAX_VALUES));
            raw.expectClosed();
            assertThat(beta.nextEvent()).isEqualTo("disconnected alpha");
        }
        assertThat(beta.frames).isEmpty();
    }

    @Test
    void stopsReadingAPeerWhoseFramesHoldManyValues() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.hello("alpha", CHAIN);
            assertThat(beta.nextEvent()).isEqualTo("connected alpha");
            byte[] frame = manyTransactions(60_000);
            int most = PeerNetworkConfig.of("x", CHAIN, "h", 0).maxInboundBytes();
            // In bytes on the wire all of these would have room.
            for (int i = 0; i < 6; i++) {
                raw.frame(frame);
            }
            assertThat(6 * frame.length).isLessThan(most);
            List<InboundFrame> held = new ArrayList<>();
            for (long size = 0; size <= most; size += frame.length + 60_000L * WireValues.VALUE_BYTES) {
                held.add(beta.nextFrame());
            }
            assertThat(beta.frames.poll(300, TimeUnit.MILLISECONDS)).isNull();
            held.forEach(InboundFrame::release);
            beta.nextFrame().release();
        }
    }

    private static byte[] manyTransactions(int count) {
        return PeerFrame.newBuilder()
                .setTransactions(TransactionBatch.newBuilder()
                        .addAllTransactions(Collections.nCopies(count, ByteString.copyFrom(new byte[1]))))
                .build()
                .toByteArray();
    }

    @Test
    void refusesFramesBeforeTheHelloAHelloTwiceAndAFalseName() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.frame(vote(3));
            raw.expectClosed();
        }
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.hello("gamma", CHAIN);
            raw.expectClosed();
        }
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.hello("alpha", CHAIN);
            raw.hello("alpha", CHAIN);
            raw.expectClosed();
        }
        assertThat(beta.frames).isEmpty();
    }

    @Test
    void aPeerThatDoesNotReadLosesOldBulkAndStillGetsVotesFirst() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        try (RawPeer raw = new RawPeer(alphaKey, beta.port())) {
            raw.hello("alpha", CHAIN);
            assertThat(beta.nextEvent()).isEqualTo("connected alpha");
            byte[] bulk = PeerFrame.newBuilder()
                    .setTransactions(
                            TransactionBatch.newBuilder().addTransactions(ByteString.copyFrom(new byte[4 << 20])))
                    .build()
                    .toByteArray();
            for (int i = 0; i < 20; i++) {
                beta.network.send(List.of("alpha"), bulk, FramePriority.BULK);
            }
            beta.network.send(List.of("alpha"), vote(42), FramePriority.VOTE);
            await(() -> beta.network.counters().framesDropped() > 0);

            int bulkBeforeVote = 0;
            PeerFrame frame = raw.readFrame();
            while (!frame.hasVote()) {
                bulkBeforeVote += frame.hasTransactions() ? 1 : 0;
                frame = raw.readFrame();
            }
            // Only what had left the queue before the vote was queued may come first.
            assertThat(bulkBeforeVote).isLessThanOrEqualTo(3);
            assertThat(frame.getVote().getHeight()).isEqualTo(42);
        }
    }

    @Test
    void stopsReadingAPeerWhoseFramesAreNotHandled() throws Exception {
        Side beta = new Side("beta", betaKey, CHAIN, 0);
        Side alpha = new Side("alpha", alphaKey, CHAIN, 0);
        beta.start(List.of(address("alpha", alphaKey, 1)));
        alpha.start(List.of(address("beta", betaKey, beta.port())));
        assertThat(alpha.nextEvent()).isEqualTo("connected beta");
        byte[] bulk = PeerFrame.newBuilder()
                .setTransactions(
                        TransactionBatch.newBuilder().addTransactions(ByteString.copyFrom(new byte[768 << 10])))
                .build()
                .toByteArray();
        for (int i = 0; i < 5; i++) {
            alpha.network.send(List.of("beta"), bulk, FramePriority.BULK);
        }
        List<InboundFrame> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(beta.nextFrame());
        }
        assertThat(beta.frames.poll(300, TimeUnit.MILLISECONDS)).isNull();
        held.forEach(InboundFrame::release);
        beta.nextFrame().release();
        beta.nextFrame().release();
    }

    private static KeyPair key(int seed) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) seed;
        return KeyPair.fromSeed(bytes);
    }

    private static PeerAddress address(String name, KeyPair key, int port) {
        return new PeerAddress(name, key.publicKey(), Optional.of(new PeerAddress.Endpoint("127.0.0.1", port)));
    }

    private static byte[] vote(long height) {
        return PeerFrame.newBuilder()
                .setVote(Vote.newBuilder().setHeight(height).setSignature(ByteString.copyFrom(new byte[64])))
                .build()
                .toByteArray();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    /** One network with its events in queues. */
    private final class Side implements PeerEvents, AutoCloseable {
        final PeerNetwork network;
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final BlockingQueue<InboundFrame> frames = new LinkedBlockingQueue<>();
        final AtomicInteger closed = new AtomicInteger();

        Side(String name, KeyPair key, Hash chain, int port) throws IOException {
            network = new PeerNetwork(
                    PeerNetworkConfig.of(name, chain, "127.0.0.1", port),
                    Certificates.jcaEd25519(key),
                    Certificates.ed25519(key, name),
                    this,
                    () -> CLOCK);
            started.add(this);
        }

        void start(List<PeerAddress> peers) throws IOException {
            network.start(peers);
        }

        int port() {
            return network.port();
        }

        String nextEvent() throws InterruptedException {
            return events.poll(30, TimeUnit.SECONDS);
        }

        InboundFrame nextFrame() throws InterruptedException {
            return java.util.Objects.requireNonNull(frames.poll(30, TimeUnit.SECONDS), "no frame within 30 s");
        }

        @Override
        public void connected(String peer, io.consilium.crypto.PublicKey tlsKey) {
            events.add("connected " + peer);
        }

        @Override
        public void disconnected(String peer) {
            events.add("disconnected " + peer);
        }

        @Override
        public void received(InboundFrame frame) {
            frames.add(frame);
        }

        @Override
        public void close() {
            if (closed.getAndIncrement() == 0) {
                network.close();
            }
        }
    }

    /** A peer made of a plain TLS socket that can send whatever it likes. */
    private static final class RawPeer implements AutoCloseable {
        private final Socket socket;
        final DataOutputStream out;
        private final DataInputStream in;

        RawPeer(KeyPair key, int port) throws Exception {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("peer", Certificates.jcaEd25519(key), new char[0], new X509Certificate[] {
                Certificates.ed25519(key, "raw")
            });
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), new TrustManager[] {new TrustAll()}, null);
            socket = context.getSocketFactory().createSocket("127.0.0.1", port);
            socket.setSoTimeout(30_000);
            socket.setReceiveBufferSize(64 * 1024);
            ((SSLSocket) socket).startHandshake();
            out = new DataOutputStream(socket.getOutputStream());
            in = new DataInputStream(socket.getInputStream());
        }

        void hello(String name, Hash chain) throws IOException {
            frame(PeerFrame.newBuilder()
                    .setHello(Hello.newBuilder()
                            .setProtocol(PeerNetworkConfig.PROTOCOL)
                            .setChainId(ByteString.copyFrom(chain.toBytes()))
                            .setInstitution(name)
                            .setClockMillis(CLOCK))
                    .build()
                    .toByteArray());
        }

        void frame(byte[] bytes) throws IOException {
            out.writeInt(bytes.length);
            out.write(bytes);
            out.flush();
        }

        PeerFrame readFrame() throws IOException {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return PeerFrame.parseFrom(bytes);
        }

        /** Reads what is left; the other side must end the stream. */
        void expectClosed() {
            try {
                while (in.read() >= 0) {
                    continue;
                }
            } catch (java.net.SocketTimeoutException stillOpen) {
                throw new AssertionError("the connection is still open", stillOpen);
            } catch (IOException closed) {
                assertThat(closed).isNotNull();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
