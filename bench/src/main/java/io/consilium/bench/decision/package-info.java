/** What one consent decision costs when a patient has many consents and records. */
@NullMarked
package io.consilium.bench.decision;

import org.jspecify.annotations.NullMarked;
