/** Tests of genesis documents. */
@NullMarked
package io.consilium.ledger.genesis;

import org.jspecify.annotations.NullMarked;
