/** Tests of access, break-glass and accounting. */
@NullMarked
package io.consilium.ledger.access;

import org.jspecify.annotations.NullMarked;
