/** A small strict JSON: no library, because start-up time and the size of the verifier's jar count. */
@NullMarked
package io.consilium.client.json;

import org.jspecify.annotations.NullMarked;
