package io.consilium.node.api;

import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import io.consilium.node.api.grpc.ConsiliumGrpc;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Messages as JSON, without unknown fields. Armeria's marshaller makes a class for each message when it is built, a second
 * of a core: that is left to the first request in JSON, so that a node starts sooner.
 */
final class LazyJson implements GrpcJsonMarshaller {
    private Optional<GrpcJsonMarshaller> built = Optional.empty();

    @Override
    public <T> void serializeMessage(MethodDescriptor.Marshaller<T> marshaller, T message, OutputStream out)
            throws IOException {
        json().serializeMessage(marshaller, message, out);
    }

    @Override
    public <T> T deserializeMessage(MethodDescriptor.Marshaller<T> marshaller, InputStream in) throws IOException {
        return json().deserializeMessage(
                        marshaller instanceof BoundedRequests<?> ? unbounded(marshaller) : marshaller, in);
    }

    /** JSON was counted as it was read the first time. */
    @SuppressWarnings("unchecked") // both are marshallers of the same messages
    private static <T> MethodDescriptor.Marshaller<T> unbounded(MethodDescriptor.Marshaller<T> bounded) {
        return (MethodDescriptor.Marshaller<T>) ((BoundedRequests<?>) bounded).unbounded();
    }

    private synchronized GrpcJsonMarshaller json() {
        if (built.isEmpty()) {
            built = Optional.of(GrpcJsonMarshaller.builder()
                    .jsonMarshallerCustomizer(json -> json.ignoringUnknownFields(false))
                    .build(ConsiliumGrpc.getServiceDescriptor()));
        }
        return built.get();
    }
}
