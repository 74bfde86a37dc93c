/** Payloads and their keys: staging, scope keys, disclosure under a committed permit. */
@NullMarked
package io.consilium.node.vault;

import org.jspecify.annotations.NullMarked;
