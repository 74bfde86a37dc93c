package io.consilium.architecture;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a pure module must not do. Every validator must compute the same bytes from the same events, so nothing may
 * come from outside the arguments: no clock, chance, thread, file, log, locale or process; no floating point; and no
 * collection whose order differs from one Java process to the next. {@code Map.of} and {@code Set.copyOf} belong to
 * the last kind: the JDK salts their order anew in each process.
 */
final class Purity {
    private static final List<String> FORBIDDEN_PACKAGES = List.of(
            "java.io.",
            "java.net.",
            "java.nio.file.",
            "java.nio.channels.",
            "java.util.concurrent.",
            "java.util.logging.",
            "java.lang.ref.",
            "java.lang.reflect.",
            "java.sql.",
            "java.awt.",
            "javax.",
            "org.slf4j.",
            "ch.qos.logback.");

    private static final Set<String> FORBIDDEN_TYPES = Set.of(
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.lang.Process",
            "java.lang.ProcessBuilder",
            "java.lang.ProcessHandle",
            "java.lang.Runtime",
            "java.lang.Float",
            "java.lang.Double",
            "java.math.MathContext",
            "java.security.SecureRandom",
            "java.time.Clock",
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.IdentityHashMap",
            "java.util.Hashtable",
            "java.util.Properties",
            "java.util.WeakHashMap",
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.random.RandomGenerator",
            "java.util.Timer",
            "java.util.stream.DoubleStream");

    /** Memory only, in spite of their package. */
    private static final Set<String> PURE_IN_SPITE_OF_PACKAGE =
            Set.of("java.io.ByteArrayOutputStream", "java.io.UncheckedIOException", "java.io.Serializable");

    private static final Set<String> FLOATING = Set.of("float", "double");

    private Purity() {}

    static ArchRule of(String packages) {
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(packages)
                .should(new ArchCondition<>("compute from their arguments alone") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        types(item, events);
                        floats(item, events);
                        calls(item, events);
                    }
                });
    }

    private static void types(JavaClass item, ConditionEvents events) {
        for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
            String target = dependency.getTargetClass().getBaseComponentType().getName();
            boolean forbidden = FORBIDDEN_TYPES.contains(target)
                    || FORBIDDEN_PACKAGES.stream().anyMatch(target::startsWith);
            if (forbidden && !PURE_IN_SPITE_OF_PACKAGE.contains(target)) {
                events.add(SimpleConditionEvent.violated(item, dependency.getDescription()));
            }
        }
    }

    private static void floats(JavaClass item, ConditionEvents events) {
        for (JavaField field : item.getFields()) {
            if (isFloating(field.getRawType())) {
                events.add(SimpleConditionEvent.violated(item, field.getDescription() + " is floating point"));
            }
        }
        for (JavaCodeUnit unit : item.getCodeUnits()) {
            if (mentionsFloating(unit.getRawReturnType(), unit.getRawParameterTypes())) {
                events.add(SimpleConditionEvent.violated(item, unit.getDescription() + " is floating point"));
            }
        }
    }

    private static void calls(JavaClass item, ConditionEvents events) {
        Stream.<Collection<? extends JavaCodeUnitAccess<?>>>of(
                        item.getMethodCallsFromSelf(),
                        item.getConstructorCallsFromSelf(),
                        item.getMethodReferencesFromSelf(),
                        item.getConstructorReferencesFromSelf())
                .flatMap(Collection::stream)
                .forEach(access -> impurity(access.getTarget())
                        .ifPresent(why ->
                                events.add(SimpleConditionEvent.violated(item, access.getDescription() + ": " + why))));
    }

    /** Why the target of a call depends on more than its arguments. */
    private static Optional<String> impurity(CodeUnitAccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        List<JavaClass> parameters = target.getRawParameterTypes();
        if (mentionsFloating(target.getRawReturnType(), parameters)) {
            return Optional.of("floating point");
        }
        return switch (owner) {
            case "java.lang.System" -> name.equals("arraycopy") ? Optional.empty() : Optional.of("the process");
            case "java.util.Map", "java.util.Set" -> saltedFactory(name, parameters);
            case "java.util.stream.Collectors" -> unorderedCollector(name, parameters);
            case "java.lang.String" -> defaultsOfTheMachine(name, parameters);
            case "java.time.ZoneId", "java.util.TimeZone", "java.util.Locale", "java.nio.charset.Charset" ->
                name.startsWith("systemDefault") || name.startsWith("getDefault") || name.startsWith("default")
                        ? Optional.of("a default of the machine")
                        : Optional.empty();
            case "java.lang.Object" -> name.equals("hashCode") ? Optional.of("identity") : Optional.empty();
            case "java.util.UUID" -> name.equals("randomUUID") ? Optional.of("chance") : Optional.empty();
            case "java.util.Collections" -> name.equals("shuffle") ? Optional.of("chance") : Optional.empty();
            default -> clockOrParallel(owner, name);
        };
    }

    private static Optional<String> clockOrParallel(String owner, String name) {
        if (owner.startsWith("java.time.") && name.equals("now")) {
            return Optional.of("the clock");
        }
        boolean parallel = name.equals("parallelStream") || name.equals("parallel");
        return parallel && owner.startsWith("java.util.") ? Optional.of("threads") : Optional.empty();
    }

    private static Optional<String> saltedFactory(String name, List<JavaClass> parameters) {
        boolean factory = name.equals("of") || name.equals("copyOf") || name.equals("ofEntries");
        return factory && !parameters.isEmpty()
                ? Optional.of("an order that changes with the process; take a TreeMap, a TreeSet or a List")
                : Optional.empty();
    }

    private static Optional<String> unorderedCollector(String name, List<JavaClass> parameters) {
        boolean unordered =
                switch (name) {
                    case "toSet", "toUnmodifiableSet", "toUnmodifiableMap" -> true;
                    case "toMap" -> parameters.size() < 4;
                    case "groupingBy" -> parameters.size() < 3;
                    default -> name.endsWith("Concurrent") || name.contains("ConcurrentMap");
                };
        return unordered ? Optional.of("a collection without order") : Optional.empty();
    }

    private static Optional<String> defaultsOfTheMachine(String name, List<JavaClass> parameters) {
        boolean noLocale = parameters.stream().noneMatch(type -> type.getName().equals("java.util.Locale"));
        return switch (name) {
            case "toLowerCase", "toUpperCase", "format", "formatted" ->
                noLocale ? Optional.of("the machine's locale") : Optional.empty();
            case "getBytes" -> parameters.isEmpty() ? Optional.of("the machine's charset") : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean mentionsFloating(JavaClass returned, List<JavaClass> parameters) {
        return isFloating(returned) || parameters.stream().anyMatch(Purity::isFloating);
    }

    private static boolean isFloating(JavaClass type) {
        return FLOATING.contains(type.getBaseComponentType().getName());
    }
}
