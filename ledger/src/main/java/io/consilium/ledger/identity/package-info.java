/** Institutions, members and patients: who they are, what roles they have, and who may change them (ID-1 to ID-3). */
@NullMarked
package io.consilium.ledger.identity;

import org.jspecify.annotations.NullMarked;
