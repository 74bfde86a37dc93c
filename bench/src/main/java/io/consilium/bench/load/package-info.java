/** Load on real node processes, and what the same machine could do at best. */
@NullMarked
package io.consilium.bench.load;

import org.jspecify.annotations.NullMarked;
