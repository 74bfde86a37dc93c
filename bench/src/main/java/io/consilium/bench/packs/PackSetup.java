package io.consilium.bench.packs;

import io.consilium.bench.load.LoadSetup;
import io.consilium.client.BlindingKey;
import java.util.function.LongFunction;

/**
 * A running cluster, and a manufacturer whose products stand on its chain already.
 *
 * @param cluster its identity is an OPERATOR or ADMIN of the manufacturer
 * @param product key of the measured product, of which no pack was made yet
 * @param warmUp key of another product, for the packs made before measuring
 * @param logistics key of the manufacturer's SSCCs
 * @param receiver slug of an institution that goods may be sent to
 * @param sscc the SSCC of a number, never the same for two
 */
public record PackSetup(
        LoadSetup cluster,
        BlindingKey product,
        BlindingKey warmUp,
        BlindingKey logistics,
        String receiver,
        LongFunction<String> sscc) {}
