/** Connections to the other nodes: mutual TLS, bounded frames, votes before bulk; nothing is decided here. */
@NullMarked
package io.consilium.node.net;

import org.jspecify.annotations.NullMarked;
