/** Tests of payloads that several nodes keep. */
@NullMarked
package io.consilium.node.vault;

import org.jspecify.annotations.NullMarked;
