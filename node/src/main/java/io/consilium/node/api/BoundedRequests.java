package io.consilium.node.api;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.consilium.proto.WireValues;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Reads requests in protobuf after counting what is in them: a few bytes can name millions of values, each of which would
 * be an object. What a request takes in memory is then charged to the {@link RequestGate}.
 */
final class BoundedRequests<T extends Message> implements MethodDescriptor.Marshaller<T> {
    /** A question may name 4,096 containers, more than any other list but a submission's has. */
    private static final int MOST_VALUES = 4_096;

    private static final int OTHER_VALUES = 64;

    private final MethodDescriptor.PrototypeMarshaller<T> unbounded;
    private final T prototype;
    private final int most;

    private BoundedRequests(MethodDescriptor.PrototypeMarshaller<T> unbounded, int most) {
        this.unbounded = unbounded;
        this.prototype = Optional.ofNullable(unbounded.getMessagePrototype()).orElseThrow();
        this.most = most;
    }

    /** How many values one request may hold, where a submission may hold this many transactions. */
    static int most(int maxBatch) {
        return Math.max(MOST_VALUES, maxBatch) + OTHER_VALUES;
    }

    /** The same service, whose requests are counted before they are built. */
    static ServerServiceDefinition of(BindableService service, int most) {
        ServerServiceDefinition plain = service.bindService();
        List<ServerMethodDefinition<?, ?>> methods = plain.getMethods().stream()
                .<ServerMethodDefinition<?, ?>>map(method -> bounded(method, most))
                .toList();
        ServiceDescriptor.Builder described = ServiceDescriptor.newBuilder(
                        plain.getServiceDescriptor().getName())
                .setSchemaDescriptor(plain.getServiceDescriptor().getSchemaDescriptor());
        methods.forEach(method -> described.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder bounded = ServerServiceDefinition.builder(described.build());
        methods.forEach(bounded::addMethod);
        return bounded.build();
    }

    @SuppressWarnings("unchecked") // the generated code makes messages' marshallers alone
    private static <Q, R> ServerMethodDefinition<Q, R> bounded(ServerMethodDefinition<Q, R> method, int most) {
        MethodDescriptor<Q, R> plain = method.getMethodDescriptor();
        MethodDescriptor.Marshaller<Q> requests = (MethodDescriptor.Marshaller<Q>) new BoundedRequests<>(
                (MethodDescriptor.PrototypeMarshaller<Message>) plain.getRequestMarshaller(), most);
        return ServerMethodDefinition.create(
                plain.toBuilder(requests, plain.getResponseMarshaller()).build(), method.getServerCallHandler());
    }

    /** The same marshaller without counting, for what has been counted already. */
    MethodDescriptor.Marshaller<T> unbounded() {
        return unbounded;
    }

    @Override
    public InputStream stream(T value) {
        return unbounded.stream(value);
    }

    @Override
    public T parse(InputStream stream) {
        try {
            byte[] bytes = stream.readAllBytes();
            int values = WireValues.count(bytes, prototype.getDescriptorForType(), most);
            if (values > most) {
                throw refused(ApiProblem.tooLarge("the request holds more than " + most + " values"));
            }
            RequestGate.charge(bytes.length, (long) values * WireValues.VALUE_BYTES);
            return parsed(bytes);
        } catch (ProblemException refused) {
            throw refused(refused.problem());
        } catch (IOException malformed) {
            throw Status.INTERNAL
                    .withDescription("the request is not a message of this method")
                    .withCause(malformed)
                    .asRuntimeException();
        }
    }

    @SuppressWarnings("unchecked") // a message's parser gives messages of its own type
    private T parsed(byte[] bytes) throws InvalidProtocolBufferException {
        return (T) prototype.getParserForType().parseFrom(bytes);
    }

    private static RuntimeException refused(ApiProblem problem) {
        Optional.ofNullable(ServiceRequestContext.currentOrNull())
                .ifPresent(ctx -> ctx.setAttr(ApiErrors.PROBLEM, problem));
        return problem.asGrpc();
    }
}
