package io.consilium.node.api;

import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Messages as JSON, without unknown fields. Armeria's marshaller makes a class for each message when it is built, a second
 * of a core: that is left to the first request in JSON, so that a node starts sooner.
 */
final class LazyJson implements GrpcJsonMarshaller {
    private final ServiceDescriptor service;
    private Optional<GrpcJsonMarshaller> built = Optional.empty();

    LazyJson(ServiceDescriptor service) {
        this.service = service;
    }

    @Override
    public <T> void serializeMessage(MethodDescriptor.Marshaller<T> marshaller, T message, OutputStream out)
            throws IOException {
        json().serializeMessage(marshaller, message, out);
    }

    @Override
    public <T> T deserializeMessage(MethodDescriptor.Marshaller<T> marshaller, InputStream in) throws IOException {
        return json().deserializeMessage(marshaller, in);
    }

    private synchronized GrpcJsonMarshaller json() {
        if (built.isEmpty()) {
            built = Optional.of(GrpcJsonMarshaller.builder()
                    .jsonMarshallerCustomizer(json -> json.ignoringUnknownFields(false))
                    .build(service));
        }
        return built.get();
    }
}
