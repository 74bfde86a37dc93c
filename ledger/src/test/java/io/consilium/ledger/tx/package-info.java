/** Tests of transactions and their parsing. */
@NullMarked
package io.consilium.ledger.tx;

import org.jspecify.annotations.NullMarked;
