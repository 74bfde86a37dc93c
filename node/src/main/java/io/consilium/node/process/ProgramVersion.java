package io.consilium.node.process;

import java.util.Optional;

/** The version that the build wrote into the jar's manifest. */
final class ProgramVersion {
    private ProgramVersion() {}

    static String text() {
        return Optional.ofNullable(ProgramVersion.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
