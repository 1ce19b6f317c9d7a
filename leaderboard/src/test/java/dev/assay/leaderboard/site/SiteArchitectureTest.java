package dev.assay.leaderboard.site;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.assay.leaderboard.site",
    importOptions = ImportOption.DoNotIncludeTests.class)
class SiteArchitectureTest {
  @ArchTest
  static final ArchRule HAS_NO_CYCLES =
      slices().matching("dev.assay.leaderboard.site.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule PARTS_DO_NOT_KNOW_THE_WHOLE =
      noClasses()
          .that()
          .resideInAPackage("dev.assay.leaderboard.site.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.assay.leaderboard.site");

  @ArchTest
  static final ArchRule IS_MADE_FROM_RESULTS_ALONE =
      noClasses().should().dependOnClassesThat().resideInAPackage("dev.assay.leaderboard.store..");

  @ArchTest
  static final ArchRule VIEWS_ARE_PLAIN =
      noClasses()
          .that()
          .resideInAPackage("dev.assay.leaderboard.site.view")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.assay.leaderboard.stats..", "java.nio..", "com.fasterxml..");
}
