/** Hashes, keys, signatures, certificates and Merkle proofs. */
@NullMarked
package io.consilium.crypto;

import org.jspecify.annotations.NullMarked;
