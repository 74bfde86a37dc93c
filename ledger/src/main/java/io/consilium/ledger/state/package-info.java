/** The authenticated state: keys, values, the versioned sparse Merkle tree over them, and its proofs (TX-7). */
@NullMarked
package io.consilium.ledger.state;

import org.jspecify.annotations.NullMarked;
