/** GS1 identifiers: one item, many spellings (EPC URN, Digital Link, element string, barcode content). */
@NullMarked
package io.consilium.interop.gs1;

import org.jspecify.annotations.NullMarked;
