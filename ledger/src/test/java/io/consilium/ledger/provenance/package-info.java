/** Tests of the rules of provenance. */
@NullMarked
package io.consilium.ledger.provenance;

import org.jspecify.annotations.NullMarked;
