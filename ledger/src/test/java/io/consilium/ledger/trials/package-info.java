/** Tests of the rules of clinical trials. */
@NullMarked
package io.consilium.ledger.trials;

import org.jspecify.annotations.NullMarked;
