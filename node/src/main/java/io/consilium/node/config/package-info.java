/** The node's settings: file, then environment, then flags, each value with its source. */
@NullMarked
package io.consilium.node.config;

import org.jspecify.annotations.NullMarked;
