/** The client API's service as generated from service.proto. */
@NullMarked
package io.consilium.node.api.grpc;

import org.jspecify.annotations.NullMarked;
