/** Tests of what is reported about packs. */
@NullMarked
package io.consilium.bench.packs;

import org.jspecify.annotations.NullMarked;
