/** Tests of the consent decision. */
@NullMarked
package io.consilium.ledger.consent;

import org.jspecify.annotations.NullMarked;
