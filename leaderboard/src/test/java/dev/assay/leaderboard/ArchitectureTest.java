package dev.assay.leaderboard;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.assay.leaderboard",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule KNOWS_NEITHER_ENGINE_NOR_HARNESS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.assay.engine..", "dev.assay.harness..");

  @ArchTest
  static final ArchRule HAS_NO_PACKAGE_CYCLES =
      slices().matching("dev.assay.leaderboard.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule RESULTS_KNOW_NO_OTHER_ROOM =
      noClasses()
          .that()
          .resideInAPackage("dev.assay.leaderboard.result..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.assay.leaderboard.store..",
              "dev.assay.leaderboard.stats..",
              "dev.assay.leaderboard.site..");

  @ArchTest
  static final ArchRule STATISTICS_TOUCH_NO_FILES =
      noClasses()
          .that()
          .resideInAPackage("dev.assay.leaderboard.stats..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.io..", "dev.assay.leaderboard.store..");

  @ArchTest
  static final ArchRule ONLY_THE_STORE_SPEAKS_SQL =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.assay.leaderboard.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "javax.sql..", "org.h2..", "org.flywaydb..");

  @ArchTest
  static final ArchRule WRITES_TO_NO_STANDARD_STREAM = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest static final ArchRule LOGS_BY_SLF4J = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
}
