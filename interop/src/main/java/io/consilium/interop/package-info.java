/** Pure mappings between the ledger and FHIR, EPCIS and CDISC. */
@NullMarked
package io.consilium.interop;

import org.jspecify.annotations.NullMarked;
