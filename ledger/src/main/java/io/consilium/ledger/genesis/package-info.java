/** Genesis: the founding document, its strict checks, and the state that a chain starts from. */
@NullMarked
package io.consilium.ledger.genesis;

import org.jspecify.annotations.NullMarked;
