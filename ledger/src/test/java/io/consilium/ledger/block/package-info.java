/** Tests of receipts, the duplicate window and indexes. */
@NullMarked
package io.consilium.ledger.block;

import org.jspecify.annotations.NullMarked;
