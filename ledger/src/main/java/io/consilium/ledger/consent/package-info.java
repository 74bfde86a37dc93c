/** Consents, and the one decision whether a record may be used by somebody for a purpose (CON-1 to CON-6). */
@NullMarked
package io.consilium.ledger.consent;

import org.jspecify.annotations.NullMarked;
