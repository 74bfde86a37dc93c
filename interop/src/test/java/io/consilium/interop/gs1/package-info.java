/** Tests of the GS1 identifiers. */
@NullMarked
package io.consilium.interop.gs1;

import org.jspecify.annotations.NullMarked;
