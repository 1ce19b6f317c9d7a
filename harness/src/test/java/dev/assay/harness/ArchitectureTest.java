package dev.assay.harness;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.assay.engine.fixture.DeviceRules;
import java.util.Locale;

@AnalyzeClasses(
    packages = "dev.assay.harness",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule HAS_NO_PACKAGE_CYCLES =
      slices().matching("dev.assay.harness.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ROOMS_HAVE_NO_CYCLES =
      slices().matching("dev.assay.harness.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NOBODY_KNOWS_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.assay.harness.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.assay.harness.cli..", "picocli..", "me.tongfei..");

  @ArchTest
  static final ArchRule MEASURES_KNOW_NO_RUNS =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.assay.harness.measure..",
              "dev.assay.harness.hardware..",
              "dev.assay.harness.dataset..",
              "dev.assay.harness.suite..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.assay.harness.run..");

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_WRITES_TO_STANDARD_STREAMS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.assay.harness.cli..")
          // Written by JMH's annotation processor.
          .and()
          .resideOutsideOfPackage("..jmh_generated..")
          .should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule ROOT_MANAGERS_NAME_THEIR_DEVICE =
      DeviceRules.ROOT_MANAGERS_NAME_THEIR_DEVICE;

  @ArchTest static final ArchRule LOGS_BY_SLF4J = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  /** Else the same figure would be written as 0.45 on one machine and as 0,45 on another. */
  @ArchTest
  static final ArchRule EVERY_MAIN_BEGINS_WITHOUT_A_LOCALE =
      methods()
          .that()
          .areStatic()
          .and()
          .haveName("main")
          .and()
          .areDeclaredInClassesThat()
          .resideOutsideOfPackage("..jmh_generated..")
          .should(call(Locale.class, "setDefault"));

  private static ArchCondition<JavaMethod> call(Class<?> owner, String name) {
    return new ArchCondition<>("call " + owner.getSimpleName() + "." + name) {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        boolean called =
            method.getMethodCallsFromSelf().stream()
                .anyMatch(
                    each ->
                        each.getTargetOwner().isEquivalentTo(owner) && each.getName().equals(name));
        events.add(new SimpleConditionEvent(method, called, method.getFullName()));
      }
    };
  }
}
