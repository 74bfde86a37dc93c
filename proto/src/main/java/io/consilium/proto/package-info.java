/** Messages of the wire and of the disk, generated from the files in {@code src/main/proto}. */
@NullMarked
package io.consilium.proto;

import org.jspecify.annotations.NullMarked;
