/** Tests of the ledger's rules on a chain in memory. */
@NullMarked
package io.consilium.ledger;

import org.jspecify.annotations.NullMarked;
