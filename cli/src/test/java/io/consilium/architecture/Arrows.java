package io.consilium.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Map;
import java.util.Set;

/** The arrows between modules, and the module that alone may touch each foreign library. */
final class Arrows {
    static final String ROOT = "io.consilium.";

    /** A module may see these and itself. The two ends of an absent arrow must not meet in one class either. */
    static final Map<String, Set<String>> SEES = Map.of(
            "proto", Set.of(),
            "crypto", Set.of(),
            "ledger", Set.of("crypto", "proto"),
            "consensus", Set.of("crypto"),
            "storage", Set.of("ledger", "crypto", "proto"),
            "interop", Set.of("ledger", "crypto", "proto"),
            "client", Set.of("ledger", "crypto", "proto"),
            "node", Set.of("storage", "consensus", "ledger", "interop", "crypto", "proto"),
            "bench", Set.of("client", "node", "storage", "consensus", "ledger", "crypto", "proto"),
            "cli", Set.of("client", "node", "bench", "interop", "ledger", "crypto", "proto"));

    /** Packages of a foreign library, and the only modules that may name them. */
    static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
            Map.entry("io.netty.", Set.of("node")),
            Map.entry("com.linecorp.armeria.", Set.of("node")),
            Map.entry("io.grpc.", Set.of("node")),
            Map.entry("io.micrometer.", Set.of("node")),
            Map.entry("io.prometheus.", Set.of("node")),
            Map.entry("org.rocksdb.", Set.of("storage")),
            Map.entry("org.bouncycastle.", Set.of("crypto")),
            Map.entry("ca.uhn.fhir.", Set.of("interop")),
            Map.entry("org.hl7.fhir.", Set.of("interop")),
            Map.entry("picocli.", Set.of("cli")),
            Map.entry("org.HdrHistogram.", Set.of("bench")),
            Map.entry("com.fasterxml.jackson.", Set.of("interop", "node", "client", "bench", "cli")));

    private Arrows() {}

    static ArchRule onlyDrawnArrows() {
        return ArchRuleDefinition.classes()
                .that(OURS)
                .should(new ArchCondition<>("see only the modules that their own module's arrows reach") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        String from = moduleOf(item);
                        Set<String> allowed = SEES.getOrDefault(from, Set.of());
                        for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                            JavaClass target = dependency.getTargetClass().getBaseComponentType();
                            if (!OURS.test(target)) {
                                continue;
                            }
                            String to = moduleOf(target);
                            if (!to.equals(from) && !allowed.contains(to)) {
                                events.add(SimpleConditionEvent.violated(
                                        item, from + " must not see " + to + ": " + dependency.getDescription()));
                            }
                        }
                    }
                });
    }

    static ArchRule librariesStayInTheirModule() {
        return ArchRuleDefinition.classes()
                .that(OURS)
                .should(new ArchCondition<>("name a foreign library only in the module that owns it") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        String from = moduleOf(item);
                        for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                            String target = dependency
                                    .getTargetClass()
                                    .getBaseComponentType()
                                    .getName();
                            LIBRARIES.forEach((library, owners) -> {
                                if (target.startsWith(library) && !owners.contains(from)) {
                                    events.add(SimpleConditionEvent.violated(
                                            item,
                                            from + " must not use " + library + ": " + dependency.getDescription()));
                                }
                            });
                        }
                    }
                });
    }

    static final DescribedPredicate<JavaClass> OURS = describe("are ours", type -> SEES.containsKey(moduleOf(type)));

    /** The word after {@code io.consilium.}, or nothing for foreign classes. */
    static String moduleOf(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(ROOT)) {
            return "";
        }
        String rest = name.substring(ROOT.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
