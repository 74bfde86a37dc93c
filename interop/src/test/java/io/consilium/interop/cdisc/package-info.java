/** Tests of CDISC documents. */
@NullMarked
package io.consilium.interop.cdisc;

import org.jspecify.annotations.NullMarked;
