package io.consilium.node.process;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether Java's compiler may do what has made it compile wrong code: of copies of short arrays where the processor has
 * AVX-512 (docs/adr/0052). A validator that computes another result than the others stops.
 */
final class CompilerCheck {
    static final String UNLOCKED = "UnlockDiagnosticVMOptions";
    static final String PARTIAL_INLINING = "ArrayOperationPartialInlineSize";

    private CompilerCheck() {}

    /** Asks the virtual machine that runs this. */
    static void require() throws NodeStartException {
        require(CompilerCheck::option);
    }

    /** A diagnostic option can be read only where these are unlocked; one that is missing then does not exist. */
    static void require(Function<String, Optional<String>> options) throws NodeStartException {
        boolean unlocked = options.apply(UNLOCKED).map(Boolean::parseBoolean).orElse(false);
        String size = unlocked ? options.apply(PARTIAL_INLINING).orElse("0") : "not set";
        if (!size.equals("0")) {
            throw new NodeStartException(
                    NodeStartException.USAGE,
                    "COMPILER_UNSAFE",
                    "Java's compiler must not inline parts of array copies, of which it has made wrong code ("
                            + PARTIAL_INLINING + " is " + size + ")",
                    "Start the node with the launcher, or Java with -XX:+" + UNLOCKED + " -XX:" + PARTIAL_INLINING
                            + "=0");
        }
    }

    private static Optional<String> option(String name) {
        try {
            return Optional.of(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .getVMOption(name)
                    .getValue());
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }
}
