/** Transactions: their strict parsing, hashes and signatures, and the refusals that a rule can answer (TX-1 to TX-6). */
@NullMarked
package io.consilium.ledger.tx;

import org.jspecify.annotations.NullMarked;
