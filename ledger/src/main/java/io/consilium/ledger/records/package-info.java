/** Records: commitments to health documents, their versions and marks (REC-1 to REC-3). */
@NullMarked
package io.consilium.ledger.records;

import org.jspecify.annotations.NullMarked;
