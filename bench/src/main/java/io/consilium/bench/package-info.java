/** Load, latency and simulated worlds for the node. */
@NullMarked
package io.consilium.bench;

import org.jspecify.annotations.NullMarked;
