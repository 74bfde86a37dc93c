/** Tests of what a node tells of packs beside the API's own. */
@NullMarked
package io.consilium.node.provenance;

import org.jspecify.annotations.NullMarked;
