/** Events of committed blocks, for readers who resume by cursor. */
@NullMarked
package io.consilium.node.events;

import org.jspecify.annotations.NullMarked;
