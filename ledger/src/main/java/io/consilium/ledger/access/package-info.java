/** Access requests with their decisions, uses by the custodian's staff, and disclosures (ACC-1, ACC-2). */
@NullMarked
package io.consilium.ledger.access;

import org.jspecify.annotations.NullMarked;
