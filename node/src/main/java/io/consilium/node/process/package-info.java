/** The node as a process: made once, started, watched, stopped gracefully, with readable failures. */
@NullMarked
package io.consilium.node.process;

import org.jspecify.annotations.NullMarked;
