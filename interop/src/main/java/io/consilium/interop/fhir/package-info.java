/** FHIR R4: what a resource is about, read strictly from its JSON. */
@NullMarked
package io.consilium.interop.fhir;

import org.jspecify.annotations.NullMarked;
