/** Proofs that a validator broke the protocol, and which of them the chain keeps. */
@NullMarked
package io.consilium.ledger.evidence;

import org.jspecify.annotations.NullMarked;
