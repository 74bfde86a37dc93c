/** The client of a node: requests, and receipts verified offline. */
@NullMarked
package io.consilium.client;

import org.jspecify.annotations.NullMarked;
