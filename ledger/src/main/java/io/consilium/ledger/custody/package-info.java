/** What becomes of a patient's keys and custody: new scope keys, transfers, merges (PRV-7, ID-3). */
@NullMarked
package io.consilium.ledger.custody;

import org.jspecify.annotations.NullMarked;
