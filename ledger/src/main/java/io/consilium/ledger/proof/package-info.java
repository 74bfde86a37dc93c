/** Proofs that hold with nothing but the genesis: of a transaction with its receipt, and of a state value (INT-1). */
@NullMarked
package io.consilium.ledger.proof;

import org.jspecify.annotations.NullMarked;
