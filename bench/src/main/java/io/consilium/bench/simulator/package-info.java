/** A whole cluster on one thread: virtual time, and a network, disks and processes that fail as the seed says. */
@NullMarked
package io.consilium.bench.simulator;

import org.jspecify.annotations.NullMarked;
