/** The client API: one TLS port that speaks gRPC, protobuf and JSON, with callers proven and bounded. */
@NullMarked
package io.consilium.node.api;

import org.jspecify.annotations.NullMarked;
