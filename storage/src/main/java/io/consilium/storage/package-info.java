/** The chain, its state and the vote log in RocksDB. */
@NullMarked
package io.consilium.storage;

import org.jspecify.annotations.NullMarked;
