/** Cryptography of the node: hashes, keys, signatures, envelopes, canonical bytes. No threads, no configuration. */
@NullMarked
package io.consilium.crypto;

import org.jspecify.annotations.NullMarked;
