/** What executing a block needs and brings. */
@NullMarked
package io.consilium.ledger.block;

import org.jspecify.annotations.NullMarked;
