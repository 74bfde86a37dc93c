/** Blocks: their transactions, receipts, effects on state, indexes and events, and the duplicate window (TX-3, TX-5). */
@NullMarked
package io.consilium.ledger.block;

import org.jspecify.annotations.NullMarked;
