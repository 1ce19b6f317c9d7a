package dev.assay.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.assay.engine.fixture.DeviceRules;

@AnalyzeClasses(packages = "dev.assay.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule KNOWS_NEITHER_LEADERBOARD_NOR_HARNESS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.assay.leaderboard..", "dev.assay.harness..");

  @ArchTest
  static final ArchRule HAS_NO_PACKAGE_CYCLES =
      slices().matching("dev.assay.engine.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule METHODS_KNOW_NO_FAMILY =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.assay.engine.quantize..",
              "dev.assay.engine.prune..",
              "dev.assay.engine.lowrank..",
              "dev.assay.engine.adapter..",
              "dev.assay.engine.structured..",
              "dev.assay.engine.slice..",
              "dev.assay.engine.conditional..",
              "dev.assay.engine.learned..",
              "dev.assay.engine.teacher..",
              "dev.assay.engine.qat..",
              "dev.assay.engine.train..",
              "dev.assay.engine.distill..",
              "dev.assay.engine.calibration..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.assay.engine.family..");

  @ArchTest
  static final ArchRule FAMILIES_KNOW_NO_METHOD =
      noClasses()
          .that()
          .resideInAPackage("dev.assay.engine.family..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.assay.engine.quantize..",
              "dev.assay.engine.prune..",
              "dev.assay.engine.lowrank..",
              "dev.assay.engine.adapter..",
              "dev.assay.engine.structured..",
              "dev.assay.engine.slice..",
              "dev.assay.engine.conditional..",
              "dev.assay.engine.learned..",
              "dev.assay.engine.qat..",
              "dev.assay.engine.train..",
              "dev.assay.engine.distill..",
              "dev.assay.engine.calibration..");

  @ArchTest
  static final ArchRule ONLY_TORCH_SPEAKS_JNI =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.assay.engine.torch..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl.pytorch..");

  @ArchTest
  static final ArchRule WRITES_TO_NO_STANDARD_STREAM = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static final ArchRule ROOT_MANAGERS_NAME_THEIR_DEVICE =
      DeviceRules.ROOT_MANAGERS_NAME_THEIR_DEVICE;

  @ArchTest static final ArchRule LOGS_BY_SLF4J = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
}
