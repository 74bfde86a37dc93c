/** The running node: its loop, peers, client API and operations. */
@NullMarked
package io.consilium.node;

import org.jspecify.annotations.NullMarked;
