/** A network of node processes on this machine: its founding, its files, its processes. */
@NullMarked
package io.consilium.cli.devnet;

import org.jspecify.annotations.NullMarked;
