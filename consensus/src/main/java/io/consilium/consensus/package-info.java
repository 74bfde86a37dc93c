/** The pure agreement protocol: an event in, ordered effects out. */
@NullMarked
package io.consilium.consensus;

import org.jspecify.annotations.NullMarked;
