package io.consilium.node.net;

import io.consilium.crypto.PublicKey;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of this node to all others, one a pair: the institution whose slug sorts lower dials, so two nodes never
 * race, and the newest connection of a peer replaces an older one that died unseen.
 */
public final class PeerNetwork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerNetwork.class);
    private static final AttributeKey<Boolean> AUTHENTICATED = AttributeKey.valueOf("consilium.authenticated");
    private static final int ACCEPT_BACKLOG = 64;
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final long CLOSE_MILLIS = 2_000;
    private static final long CLOCK_SKEW_WARNING_MILLIS = 2_000;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final PeerNetworkConfig config;
    private final PeerEvents events;
    private final LongSupplier clock;
    private final PeerTls tls;
    private final EventLoopGroup loops;
    private final ExecutorService resolver =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("peer-names", true));
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final PeerCounters counters = new PeerCounters();
    private final InboundTotal inbound = new InboundTotal(PeerNetworkConfig.MAX_INBOUND_BYTES_IN_ALL);
    private final RefusalLog refusals = new RefusalLog(LOG);
    private final AtomicInteger unauthenticated = new AtomicInteger();
    private final Map<String, PeerConnection> open = new ConcurrentHashMap<>();
    private final Map<String, Long> clockOffsets = new ConcurrentHashMap<>();
    private final Set<String> dialling = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private volatile Map<String, PeerAddress> registry = Map.of();
    private volatile Map<PublicKey, String> keys = Map.of();
    private volatile boolean closed;
    private volatile int port;

    /** {@code clock} gives milliseconds since 1970, told to peers so that they can warn of skew. */
    public PeerNetwork(
            PeerNetworkConfig config,
            PrivateKey tlsKey,
            X509Certificate certificate,
            PeerEvents events,
            LongSupplier clock)
            throws IOException {
        this.config = config;
        this.events = events;
        this.clock = clock;
        this.tls = new PeerTls(tlsKey, certificate, key -> keys.containsKey(key));
        this.loops = new MultiThreadIoEventLoopGroup(
                config.ioThreads(), new DefaultThreadFactory("peers", true), NioIoHandler.newFactory());
    }

    InboundTotal inbound() {
        return inbound;
    }

    /** Binds the port and starts to dial; throws {@link BindException} that names the port if it is taken. */
    public void start(Collection<PeerAddress> peers) throws IOException {
        ServerBootstrap server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        InetSocketAddress address = new InetSocketAddress(config.listenHost(), config.listenPort());
        var bound = server.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw bindFailure(address, bound.cause());
        }
        channels.add(bound.channel());
        port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
        LOG.info("peers listen address={}:{}", config.listenHost(), port);
        registry(peers);
    }

    private static IOException bindFailure(InetSocketAddress address, Throwable cause) {
        BindException failure = new BindException("peer address " + address.getHostString() + ":" + address.getPort()
                + " cannot be bound (" + cause.getMessage() + ")");
        failure.initCause(cause);
        return failure;
    }

    /** The port in use, which the system chose where the configuration says 0. */
    public int port() {
        return port;
    }

    /** Replaces the known peers: new ones are dialled, connections of removed or changed keys are closed. */
    public synchronized void registry(Collection<PeerAddress> peers) {
        Map<String, PeerAddress> byName = new LinkedHashMap<>();
        Map<PublicKey, String> byKey = new LinkedHashMap<>();
        for (PeerAddress peer : peers) {
            if (!peer.institution().equals(config.institution())) {
                byName.put(peer.institution(), peer);
                byKey.put(peer.tlsKey(), peer.institution());
            }
        }
        Map<String, PeerAddress> before = registry;
        registry = Map.copyOf(byName);
        keys = Map.copyOf(byKey);
        for (Map.Entry<String, PeerConnection> connection : open.entrySet()) {
            PeerAddress old = before.get(connection.getKey());
            PeerAddress now = byName.get(connection.getKey());
            if (now == null || (old != null && !old.tlsKey().equals(now.tlsKey()))) {
                connection.getValue().close("the registry no longer has its key");
            }
        }
        for (PeerAddress peer : byName.values()) {
            if (dials(peer.institution()) && !open.containsKey(peer.institution())) {
                dial(peer.institution());
            }
        }
    }

    /** Queues the encoded frame for each named peer that is connected; others miss it and catch up by asking. */
    public void send(Collection<String> peers, byte[] frame, FramePriority priority) {
        if (frame.length > config.maxFrameBytes()) {
            throw new IllegalArgumentException("a frame of " + frame.length + " bytes exceeds " + config.maxFrameBytes()
                    + ", peers would refuse it");
        }
        for (String peer : peers) {
            PeerConnection connection = open.get(peer);
            if (connection == null) {
                counters.dropped(1);
            } else {
                connection.send(frame, priority);
            }
        }
    }

    public Set<String> connected() {
        return new TreeSet<>(open.keySet());
    }

    public PeerCounters counters() {
        return counters;
    }

    /** Closes one peer's connection; it is dialled again at once by whoever dials. */
    public void disconnect(String peer, String reason) {
        PeerConnection connection = open.get(peer);
        if (connection != null) {
            connection.close(reason);
        }
    }

    private void accept(Channel channel) {
        if (unauthenticated.incrementAndGet() > config.maxUnauthenticated()) {
            unauthenticated.decrementAndGet();
            counters.refused();
            channel.close();
            return;
        }
        channel.closeFuture().addListener(done -> {
            if (!channel.hasAttr(AUTHENTICATED)) {
                unauthenticated.decrementAndGet();
            }
        });
        initialise(channel, tls.server(), Optional.empty());
    }

    private void initialise(Channel channel, SslContext context, Optional<String> dialled) {
        channels.add(channel);
        var handler = context.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(config.handshakeTimeoutMillis());
        channel.pipeline()
                .addLast(handler)
                .addLast(new IdleStateHandler(
                        config.idleTimeoutMillis(), config.idleTimeoutMillis() / 4, 0, TimeUnit.MILLISECONDS))
                .addLast(PeerConnection.FRAMES, PeerConnection.frameDecoder(PeerConnection.MAX_HELLO_BYTES))
                .addLast(new PeerConnection(this, config, dialled));
        if (closed) {
            channel.close();
        }
    }

    private boolean dials(String peer) {
        return config.institution().compareTo(peer) < 0
                && registry.containsKey(peer)
                && registry.get(peer).endpoint().isPresent();
    }

    /** Whether the named peer is the one of the pair that dials. */
    boolean isDialledBy(String peer) {
        return !dials(peer);
    }

    private void dial(String peer) {
        PeerAddress address = registry.get(peer);
        if (closed
                || address == null
                || address.endpoint().isEmpty()
                || open.containsKey(peer)
                || !dialling.add(peer)) {
            return;
        }
        PeerAddress.Endpoint endpoint = address.endpoint().get();
        // Name lookups block, and must not hold up the frames of other peers.
        resolve(() -> connect(peer, new InetSocketAddress(endpoint.host(), endpoint.port())));
    }

    private void resolve(Runnable lookup) {
        try {
            resolver.execute(lookup);
        } catch (RejectedExecutionException closing) {
            LOG.debug("no more peers are dialled, the node stops");
        }
    }

    private void connect(String peer, InetSocketAddress address) {
        if (address.isUnresolved()) {
            unreachable(peer, address, "its name is unknown");
            return;
        }
        new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initialise(channel, tls.client(), Optional.of(peer));
                    }
                })
                .connect(address)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        unreachable(peer, address, String.valueOf(done.cause().getMessage()));
                    }
                });
    }

    private void unreachable(String peer, InetSocketAddress address, String cause) {
        dialling.remove(peer);
        LOG.debug("peer unreachable peer={} address={} cause={}", peer, address, cause);
        redial(peer);
    }

    private void redial(String peer) {
        if (closed || !dials(peer)) {
            return;
        }
        int failed = failures.merge(peer, 1, Integer::sum);
        long backoff =
                Math.min(config.maxBackoffMillis(), (long) config.minBackoffMillis() << Math.min(failed - 1, 16));
        long jittered = backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
        loops.schedule(() -> dial(peer), jittered, TimeUnit.MILLISECONDS);
    }

    Optional<String> institutionOf(PublicKey key) {
        return Optional.ofNullable(keys.get(key));
    }

    long clockMillis() {
        return clock.getAsLong();
    }

    /** A connected peer's clock minus this node's, as of its Hello. */
    public Optional<Long> clockOffsetMillis(String peer) {
        return Optional.ofNullable(clockOffsets.get(peer));
    }

    void opened(PeerConnection connection, Channel channel, String remote, long peerClockMillis) {
        String peer = connection.peer();
        if (channel.attr(AUTHENTICATED).setIfAbsent(true) == null && channel.parent() != null) {
            unauthenticated.decrementAndGet();
        }
        PeerConnection former = open.put(peer, connection);
        if (!institutionOf(connection.peerKey()).equals(Optional.of(peer))) {
            // The registry changed between the handshake and here.
            connection.close("the registry no longer has its key");
        }
        if (former != null) {
            former.close("a newer connection of the same peer replaces it");
        }
        failures.remove(peer);
        long skew = peerClockMillis - clockMillis();
        clockOffsets.put(peer, skew);
        if (Math.abs(skew) > CLOCK_SKEW_WARNING_MILLIS) {
            LOG.warn("clock differs peer={} skewMillis={}; check time synchronisation on both machines", peer, skew);
        }
        LOG.info("peer connected peer={} address={}", peer, remote);
        events.connected(peer, connection.peerKey());
    }

    void received(InboundFrame frame) {
        events.received(frame);
    }

    void closed(PeerConnection connection, Optional<String> dialled, boolean wasOpen) {
        if (wasOpen && open.remove(connection.peer(), connection)) {
            LOG.info("peer disconnected peer={}", connection.peer());
            clockOffsets.remove(connection.peer());
            events.disconnected(connection.peer());
        }
        dialled.ifPresent(peer -> {
            dialling.remove(peer);
            redial(peer);
        });
    }

    void refused(Optional<String> peer, String remote, String reason) {
        counters.refused();
        if (!closed) {
            refusals.log(peer.orElse("unknown"), remote, reason);
        }
    }

    /** Closes every connection and the port; returns when the event loops have ended or after two seconds. */
    @Override
    public void close() {
        closed = true;
        resolver.shutdownNow();
        channels.close().awaitUninterruptibly(CLOSE_MILLIS);
        loops.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS);
    }
}
