/** Tests of the structure: who may see whom, and what the pure modules must not touch. */
@NullMarked
package io.consilium.architecture;

import org.jspecify.annotations.NullMarked;
