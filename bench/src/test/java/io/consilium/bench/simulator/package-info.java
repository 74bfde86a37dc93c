/** Tests of the simulator: that it is deterministic, that the cluster holds, and that planted bugs are found. */
@NullMarked
package io.consilium.bench.simulator;

import org.jspecify.annotations.NullMarked;
