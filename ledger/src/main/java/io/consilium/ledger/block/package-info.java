/** Blocks: their transactions, receipts, effects on state, indexes and events (TX-5). */
@NullMarked
package io.consilium.ledger.block;

import org.jspecify.annotations.NullMarked;
