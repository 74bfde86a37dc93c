/** The pure rules that turn a state and a block into a new state and receipts. */
@NullMarked
package io.consilium.ledger;

import org.jspecify.annotations.NullMarked;
