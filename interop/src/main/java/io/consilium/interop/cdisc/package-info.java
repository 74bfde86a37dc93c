/** Clinical trial data and protocols as CDISC writes them: Dataset-JSON, tables in CSV, USDM. Pure: bytes in, values out. */
@NullMarked
package io.consilium.interop.cdisc;

import org.jspecify.annotations.NullMarked;
