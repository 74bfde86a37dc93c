/** What operators look at: health, readiness with reasons, metrics, clocks. */
@NullMarked
package io.consilium.node.ops;

import org.jspecify.annotations.NullMarked;
