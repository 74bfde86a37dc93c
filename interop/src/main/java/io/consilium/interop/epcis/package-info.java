/** EPCIS 2.0 in JSON, EPCIS 1.2 and 2.0 in XML: events read strictly, hashed as the CBV says, written again. */
@NullMarked
package io.consilium.interop.epcis;

import org.jspecify.annotations.NullMarked;
