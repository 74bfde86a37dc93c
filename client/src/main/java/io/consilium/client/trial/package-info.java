/** Clinical trials for clients: documents in JSON, reports, and bundles that are verified offline (TRI-1 to TRI-6). */
@NullMarked
package io.consilium.client.trial;

import org.jspecify.annotations.NullMarked;
