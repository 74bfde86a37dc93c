package io.consilium.node.api;

import com.google.api.AnnotationsProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.consilium.node.api.grpc.ConsiliumGrpc;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The messages that the API's paths take in JSON. */
final class JsonPaths {
    private static final Map<String, Descriptor> MESSAGES = messages();

    private JsonPaths() {}

    static Optional<Descriptor> message(String path) {
        return Optional.ofNullable(MESSAGES.get(path));
    }

    private static Map<String, Descriptor> messages() {
        Object schema = ConsiliumGrpc.getServiceDescriptor().getSchemaDescriptor();
        if (!(schema instanceof ProtoServiceDescriptorSupplier supplier)) {
            throw new IllegalStateException("the service has no description");
        }
        ServiceDescriptor service = supplier.getServiceDescriptor();
        Map<String, Descriptor> messages = new HashMap<>();
        for (MethodDescriptor method : service.getMethods()) {
            messages.put("/" + service.getFullName() + "/" + method.getName(), method.getInputType());
            String posted =
                    method.getOptions().getExtension(AnnotationsProto.http).getPost();
            if (!posted.isEmpty()) {
                messages.put(posted, method.getInputType());
            }
        }
        return Map.copyOf(messages);
    }
}
