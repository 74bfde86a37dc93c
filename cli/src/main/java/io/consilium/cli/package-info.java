/** The command line. */
@NullMarked
package io.consilium.cli;

import org.jspecify.annotations.NullMarked;
