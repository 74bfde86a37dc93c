/** Tests of documents, reports and proofs of clinical trials. */
@NullMarked
package io.consilium.client.trial;

import org.jspecify.annotations.NullMarked;
