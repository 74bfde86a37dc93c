/** Tests of the load driver: schedule, latency, accounting and reports. */
@NullMarked
package io.consilium.bench.load;

import org.jspecify.annotations.NullMarked;
