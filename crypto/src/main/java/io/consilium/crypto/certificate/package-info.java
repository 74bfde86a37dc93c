/** What a block certificate is: header, validator set, vote bytes, quorum and timeout certificates, and their checks. */
@NullMarked
package io.consilium.crypto.certificate;

import org.jspecify.annotations.NullMarked;
