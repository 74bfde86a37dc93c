/** Tests of EPCIS documents. */
@NullMarked
package io.consilium.interop.epcis;

import org.jspecify.annotations.NullMarked;
