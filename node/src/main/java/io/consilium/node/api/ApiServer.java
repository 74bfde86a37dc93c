package io.consilium.node.api;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerConfig;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.consilium.node.config.NodeConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** The client API's server: one TLS port, bounded in connections, requests, bytes, threads and time. */
public final class ApiServer implements AutoCloseable {
    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final int MAX_STREAMS_PER_CONNECTION = 64;
    private static final int MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
    private static final Duration QUIET_PERIOD = Duration.ofMillis(100);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final Server server;
    private final BlockingTaskExecutor blocking;
    private final EventLoopGroup workers;
    private final Runnable beforeStop;

    private ApiServer(Server server, BlockingTaskExecutor blocking, EventLoopGroup workers, Runnable beforeStop) {
        this.server = server;
        this.blocking = blocking;
        this.workers = workers;
        this.beforeStop = beforeStop;
    }

    /**
     * What is served beside the service itself.
     *
     * @param open paths that anybody may read, e.g. health
     * @param proven paths that need a caller
     */
    public record Pages(Map<String, HttpService> open, Map<String, HttpService> proven) {}

    static BlockingTaskExecutor blockingExecutor(NodeConfig.Api bounds) {
        return BlockingTaskExecutor.builder()
                .numThreads(bounds.blockingThreads())
                .threadNamePrefix("api-request")
                .build();
    }

    /** Builds and starts; the port is listening when this returns. {@code beforeStop} lets go of callers who wait. */
    static ApiServer start(
            NodeConfig.Api bounds,
            PrivateKey key,
            X509Certificate certificate,
            Operations operations,
            CallerCheck callers,
            AfterHeight heights,
            Pages pages,
            BlockingTaskExecutor blocking,
            MeterRegistry metrics,
            Runnable beforeStop)
            throws BindException {
        ApiErrors errors = new ApiErrors();
        GrpcService grpc = grpc(bounds, operations, errors);
        EventLoopGroup workers = loops(bounds.eventLoopThreads(), "api-io");
        ServerBuilder builder = Server.builder()
                .https(new InetSocketAddress(bounds.host(), bounds.port()))
                .tls(key, certificate)
                .workerGroup(workers, false)
                .bossGroupFactory(name -> loops(1, "api-accept"))
                .blockingTaskExecutor(blocking, false)
                .maxNumConnections(bounds.maxConnections())
                .http2MaxStreamsPerConnection(MAX_STREAMS_PER_CONNECTION)
                .http2MaxHeaderListSize(MAX_HEADER_BYTES)
                .http1MaxHeaderSize(MAX_HEADER_BYTES)
                .http1MaxInitialLineLength(MAX_HEADER_BYTES)
                .maxRequestLength(bounds.maxRequestBytes())
                .requestTimeoutMillis(bounds.requestTimeoutMillis())
                .idleTimeoutMillis(bounds.idleTimeoutMillis())
                .gracefulShutdownTimeout(QUIET_PERIOD, STOP_TIMEOUT)
                .verboseResponses(false)
                // Its reports quote what a caller sent and could not be parsed: that belongs in no log (PRV-1).
                .unloggedExceptionsReportIntervalMillis(0)
                .meterRegistry(metrics)
                .disableServerHeader()
                .errorHandler(errors);
        securityHeaders(builder);
        pages.open().forEach(builder::service);
        pages.proven().forEach((path, service) -> builder.service(path, service.decorate(callers)));
        builder.service(
                grpc, service -> service.decorate(new StrictJson(BoundedRequests.most(bounds.maxBatchTransactions())))
                        .decorate(heights)
                        .decorate(callers));
        builder.decorator(new RequestGate(bounds, metrics));
        Server server = builder.build();
        try {
            server.start().join();
        } catch (CompletionException e) {
            workers.shutdownGracefully();
            if (e.getCause() instanceof BindException bind) {
                throw bind;
            }
            throw e;
        }
        return new ApiServer(server, blocking, workers, beforeStop);
    }

    /**
     * Event loops that stop at once when they are told to: a port that is closed has nothing to wait for. Armeria knows
     * a transport by this class.
     */
    @SuppressWarnings("deprecation")
    private static EventLoopGroup loops(int threads, String name) {
        return new NioEventLoopGroup(threads, new DefaultThreadFactory(name)) {
            @Override
            public Future<?> shutdownGracefully() {
                return shutdownGracefully(0, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        };
    }

    private static GrpcService grpc(NodeConfig.Api bounds, Operations operations, ApiErrors errors) {
        int most = BoundedRequests.most(bounds.maxBatchTransactions());
        return GrpcService.builder()
                .addService(BoundedRequests.of(new ConsiliumService(operations), most))
                .supportedSerializationFormats(GrpcSerializationFormats.PROTO, GrpcSerializationFormats.JSON)
                .enableUnframedRequests(true)
                .unframedGrpcErrorHandler(errors)
                .enableHttpJsonTranscoding(true)
                .httpJsonTranscodingErrorHandler(errors)
                .jsonMarshallerFactory(described -> new LazyJson())
                .maxRequestMessageLength(bounds.maxRequestBytes())
                .maxResponseMessageLength(MAX_RESPONSE_BYTES)
                .useBlockingTaskExecutor(true)
                .useClientTimeoutHeader(false)
                .build();
    }

    private static void securityHeaders(ServerBuilder builder) {
        builder.addHeader(HttpHeaderNames.STRICT_TRANSPORT_SECURITY, "max-age=31536000")
                .addHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .addHeader(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                .addHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'")
                .addHeader(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
                .addHeader(HttpHeaderNames.CACHE_CONTROL, "no-store");
    }

    /** For tests: how the server was set up. */
    ServerConfig config() {
        return server.config();
    }

    /** The port that it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    /** Takes no more requests, lets those under way finish for a bounded time, and stops. */
    @Override
    public void close() {
        beforeStop.run();
        server.stop().join();
        blocking.shutdown();
        workers.shutdownGracefully();
    }
}
