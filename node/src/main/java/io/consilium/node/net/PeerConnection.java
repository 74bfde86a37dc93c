package io.consilium.node.net;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.PublicKey;
import io.consilium.proto.Hello;
import io.consilium.proto.KeepAlive;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.WireValues;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;

/**
 * One connection to another node, from the TLS handshake over the Hello to its frames.
 *
 * <p>Owned by its event loop, except {@link #send}, which any thread calls. Nothing larger than a Hello is read before the
 * other side is known; whatever is wrong closes the connection with one log line, and the lower slug dials again.
 */
final class PeerConnection extends SimpleChannelInboundHandler<ByteBuf> {
    static final String FRAMES = "frames";
    static final int MAX_HELLO_BYTES = 1_024;
    static final int LENGTH_BYTES = 4;

    private static final int MAX_NESTING = 16;

    /** More than any block has transactions, which is the longest list between nodes. */
    public static final int MAX_VALUES = (1 << 16) + 64;

    /** What a decoded frame costs at least, so that a flood of tiny ones is bounded too. */
    private static final int MIN_CHARGE_BYTES = 512;

    private static final byte[] KEEP_ALIVE = PeerFrame.newBuilder()
            .setKeepAlive(KeepAlive.getDefaultInstance())
            .build()
            .toByteArray();

    private final PeerNetwork network;
    private final PeerNetworkConfig config;
    private final Optional<String> dialled;
    private final OutboundQueue outbound;
    private final AtomicBoolean pumping = new AtomicBoolean();

    private volatile Optional<ChannelHandlerContext> context = Optional.empty();
    private Optional<InboundCredit> credit = Optional.empty();
    private Optional<String> identity = Optional.empty();
    private Optional<PublicKey> key = Optional.empty();
    private boolean open;
    private boolean closing;

    /** {@code dialled} names the expected peer where this node called; absent where it was called. */
    PeerConnection(PeerNetwork network, PeerNetworkConfig config, Optional<String> dialled) {
        this.network = network;
        this.config = config;
        this.dialled = dialled;
        this.outbound = new OutboundQueue(config.maxVoteQueueBytes(), config.maxBulkQueueBytes());
    }

    /** The peer's institution; known once the connection is open. */
    String peer() {
        return identity.orElse("unknown");
    }

    /** The key that it proved to hold; known once the connection is open. */
    PublicKey peerKey() {
        return key.orElseThrow();
    }

    /** Queues an encoded frame; safe from every thread. */
    void send(byte[] frame, FramePriority priority) {
        outbound.offer(frame, priority);
        context.ifPresent(this::schedulePump);
    }

    void close(String reason) {
        context.ifPresent(ctx -> ctx.executor().execute(() -> refuse(ctx, reason)));
    }

    private void schedulePump(ChannelHandlerContext ctx) {
        if (pumping.compareAndSet(false, true)) {
            ctx.executor().execute(() -> pump(ctx));
        }
    }

    private void pump(ChannelHandlerContext ctx) {
        pumping.set(false);
        if (!open || !ctx.channel().isActive()) {
            return;
        }
        boolean wrote = false;
        while (ctx.channel().isWritable()) {
            Optional<byte[]> next = outbound.poll();
            if (next.isEmpty()) {
                break;
            }
            write(ctx, next.get());
            wrote = true;
        }
        network.counters().dropped(outbound.takeDropped());
        if (wrote) {
            ctx.flush();
        }
    }

    private void write(ChannelHandlerContext ctx, byte[] frame) {
        ByteBuf length = Unpooled.buffer(LENGTH_BYTES, LENGTH_BYTES).writeInt(frame.length);
        ctx.write(Unpooled.wrappedBuffer(length, Unpooled.wrappedBuffer(frame)), ctx.voidPromise());
        network.counters().sent(frame.length + LENGTH_BYTES);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = Optional.of(ctx);
        InboundCredit mine = new InboundCredit(ctx.channel(), config.maxInboundBytes(), network.inbound());
        network.inbound().join(mine);
        credit = Optional.of(mine);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.executor()
                .schedule(
                        () -> {
                            if (!open && ctx.channel().isActive()) {
                                refuse(ctx, "no Hello within " + config.handshakeTimeoutMillis() + " ms");
                            }
                        },
                        config.handshakeTimeoutMillis(),
                        TimeUnit.MILLISECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            identify(ctx);
        } else if (event instanceof IdleStateEvent idle) {
            if (idle.state() == IdleState.READER_IDLE) {
                // While this node itself does not read, silence is not the peer's.
                if (!ctx.channel().config().isAutoRead()) {
                    return;
                }
                refuse(ctx, "nothing heard for " + config.idleTimeoutMillis() + " ms");
            } else if (open && ctx.channel().isWritable()) {
                write(ctx, KEEP_ALIVE);
                ctx.flush();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void identify(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        key = PeerTls.peerKey(tls.engine().getSession());
        Optional<String> peer = key.flatMap(network::institutionOf);
        if (peer.isEmpty()) {
            refuse(ctx, "its key is not in the registry");
        } else if (dialled.isPresent() && !dialled.equals(peer)) {
            refuse(ctx, "dialled " + dialled.get() + " and reached " + peer.get());
        } else if (dialled.isEmpty() && !network.isDialledBy(peer.get())) {
            refuse(ctx, peer.get() + " called, and it is this node that calls " + peer.get());
        } else {
            identity = peer;
            Hello hello = Hello.newBuilder()
                    .setProtocol(PeerNetworkConfig.PROTOCOL)
                    .setChainId(ByteString.copyFrom(config.chainId().toBytes()))
                    .setInstitution(config.institution())
                    .setClockMillis(network.clockMillis())
                    .build();
            write(ctx, PeerFrame.newBuilder().setHello(hello).build().toByteArray());
            ctx.flush();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (closing) {
            return;
        }
        byte[] frame = new byte[bytes.readableBytes()];
        bytes.readBytes(frame);
        network.counters().received(frame.length + LENGTH_BYTES);
        PeerFrame decoded;
        int values;
        try {
            values = WireValues.count(frame, PeerFrame.getDescriptor(), MAX_VALUES);
            if (values > MAX_VALUES) {
                refuse(ctx, "a frame of " + frame.length + " bytes holds more than " + MAX_VALUES + " values");
                return;
            }
            CodedInputStream input = CodedInputStream.newInstance(frame);
            input.enableAliasing(true);
            input.setRecursionLimit(MAX_NESTING);
            decoded = PeerFrame.parseFrom(input);
        } catch (InvalidProtocolBufferException malformed) {
            refuse(ctx, "a frame of " + frame.length + " bytes is malformed: " + malformed.getMessage());
            return;
        } catch (IOException broken) {
            refuse(ctx, "a frame of " + frame.length + " bytes cannot be read: " + broken.getMessage());
            return;
        }
        accept(ctx, decoded, frame.length, values);
    }

    private void accept(ChannelHandlerContext ctx, PeerFrame frame, int size, int values) {
        switch (frame.getFrameCase()) {
            case FRAME_NOT_SET -> refuse(ctx, "a frame of " + size + " bytes is of no known kind");
            case KEEP_ALIVE -> {}
            case HELLO -> {
                if (open || identity.isEmpty()) {
                    refuse(ctx, "a Hello out of turn");
                } else {
                    greet(ctx, frame.getHello());
                }
            }
            default -> {
                if (!open) {
                    refuse(ctx, "a frame before the Hello");
                    return;
                }
                InboundCredit held = credit.orElseThrow();
                int charge = Math.max(size + values * WireValues.VALUE_BYTES, MIN_CHARGE_BYTES);
                held.take(charge);
                network.received(new InboundFrame(peer(), frame, charge, held));
            }
        }
    }

    private void greet(ChannelHandlerContext ctx, Hello hello) {
        if (hello.getProtocol() != PeerNetworkConfig.PROTOCOL) {
            refuse(ctx, "it speaks protocol " + hello.getProtocol() + ", this node " + PeerNetworkConfig.PROTOCOL);
        } else if (!hello.getChainId()
                .equals(ByteString.copyFrom(config.chainId().toBytes()))) {
            refuse(ctx, "it follows another chain; compare the genesis files of both nodes");
        } else if (!hello.getInstitution().equals(peer())) {
            refuse(ctx, "it names itself differently from the owner of its key");
        } else {
            ctx.pipeline().replace(FRAMES, FRAMES, frameDecoder(config.maxFrameBytes()));
            open = true;
            network.opened(this, ctx.channel(), remote(ctx), hello.getClockMillis());
            schedulePump(ctx);
        }
    }

    static LengthFieldBasedFrameDecoder frameDecoder(int maxBytes) {
        return new LengthFieldBasedFrameDecoder(maxBytes + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            pump(ctx);
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        credit.ifPresent(network.inbound()::leave);
        network.closed(this, dialled, open);
        open = false;
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            refuse(ctx, "a frame is longer than " + (open ? config.maxFrameBytes() : MAX_HELLO_BYTES) + " bytes");
        } else if (cause instanceof DecoderException && cause.getCause() instanceof SSLException tls) {
            refuse(ctx, "TLS: " + reason(tls));
        } else if (cause instanceof IOException broken) {
            refuse(ctx, "the connection broke: " + broken.getMessage());
        } else {
            refuse(ctx, cause.toString());
        }
    }

    /** Netty's own words for bytes that are no TLS hold all of them. */
    static String reason(SSLException tls) {
        return tls instanceof NotSslRecordException ? "not a TLS record" : String.valueOf(tls.getMessage());
    }

    private void refuse(ChannelHandlerContext ctx, String reason) {
        if (!closing) {
            closing = true;
            network.refused(identity.or(() -> dialled), remote(ctx), reason);
            ctx.close();
        }
    }

    private static String remote(ChannelHandlerContext ctx) {
        SocketAddress address = ctx.channel().remoteAddress();
        return address == null ? "closed" : address.toString();
    }
}
