/** Tests of the state tree and its proofs. */
@NullMarked
package io.consilium.ledger.state;

import org.jspecify.annotations.NullMarked;
