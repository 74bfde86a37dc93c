package io.consilium.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.consilium.client.fixture.ClientThatSeesConsensus;
import io.consilium.consensus.fixture.ImpureStep;
import io.consilium.ledger.fixture.PureRule;
import io.consilium.ledger.fixture.RuleThatSeesConsensus;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole class path held against the arrows, the owners of libraries, and the purity of ledger and consensus. */
@Tag("architecture")
class ArchitectureTest {
    private static JavaClasses ours;

    @BeforeAll
    static void readOurClasses() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.consilium");
    }

    @Test
    void seesEveryModule() {
        assertThat(ours.stream().map(Arrows::moduleOf).distinct()).containsAll(Arrows.SEES.keySet());
        assertThat(ours.stream().filter(DescribedPredicate.not(Arrows.OURS)))
                .as("a package outside the known modules")
                .isEmpty();
    }

    @Test
    void modulesSeeOnlyWhatTheArrowsReach() {
        Arrows.onlyDrawnArrows().check(ours);
    }

    @Test
    void foreignLibrariesStayInTheModuleThatOwnsThem() {
        Arrows.librariesStayInTheirModule().check(ours);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.consilium.ledger..", "io.consilium.consensus.."})
    void pureModulesComputeFromTheirArgumentsAlone(String packages) {
        Purity.of(packages).check(ours);
    }

    @Test
    void everyPackageIsDescribedAndNullMarked() {
        assertThat(packagesOf(ours).filter(found -> found.tryGetPackageInfo()
                        .filter(info -> info.isAnnotatedWith(NullMarked.class))
                        .isEmpty()))
                .extracting(JavaPackage::getName)
                .isEmpty();
    }

    // The rules themselves: each must refuse a class made to break it.

    @Test
    void anArrowThatIsNotDrawnIsFound() {
        assertViolations(
                Arrows.onlyDrawnArrows(),
                RuleThatSeesConsensus.class,
                "ledger must not see consensus",
                "ledger must not see client");
        assertViolations(Arrows.onlyDrawnArrows(), ClientThatSeesConsensus.class, "client must not see consensus");
    }

    @Test
    void aLibraryOutOfItsModuleIsFound() {
        assertViolations(
                Arrows.librariesStayInTheirModule(),
                ClientThatSeesConsensus.class,
                "client must not use picocli.",
                "client must not use io.netty.");
    }

    @Test
    void everyKindOfImpurityIsFound() {
        assertViolations(
                Purity.of("io.consilium.consensus.."),
                ImpureStep.class,
                "java.util.HashMap",
                "java.util.Random",
                "java.util.concurrent.locks.ReentrantLock",
                "java.io.File",
                "java.lang.Thread",
                "org.slf4j.Logger",
                "currentTimeMillis",
                "Instant.now",
                "fraction> is floating point",
                "Math.sqrt(double)",
                "Set.of(",
                "Map.copyOf(",
                "Collectors.toSet()",
                "parallelStream()",
                "toLowerCase()",
                "getBytes()",
                "ZoneId.systemDefault()",
                "randomUUID()");
    }

    @Test
    void aPureClassPasses() {
        Purity.of("io.consilium.ledger..").check(new ClassFileImporter().importClasses(PureRule.class));
    }

    private static Stream<JavaPackage> packagesOf(JavaClasses classes) {
        return classes.stream().map(JavaClass::getPackage).distinct();
    }

    private static void assertViolations(ArchRule rule, Class<?> offender, String... expected) {
        JavaClasses classes = new ClassFileImporter().importClasses(offender);
        assertThatThrownBy(() -> rule.check(classes))
                .isInstanceOf(AssertionError.class)
                .message()
                .contains(List.of(expected));
    }
}
