package dev.assay.harness.build;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What a scope rests on belongs to it, or cannot change what the scope is about. */
@AnalyzeClasses(
    packages = {"dev.assay.engine", "dev.assay.harness", "dev.assay.leaderboard"},
    importOptions = ImportOption.DoNotIncludeTests.class)
class CodeScopeArchitectureTest {
  /** Of the tokenizer only file names and settings are used, and the ids that it makes. */
  @ArchTest
  static final ArchRule COMPRESSION_RESTS_ON_ITSELF =
      noClasses()
          .that(in(CodeScope.COMPRESSION))
          .and(resideInAPackage("dev.assay.engine.."))
          .and(not(lentByTests()))
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.assay.engine..")
                  .and(not(in(CodeScope.COMPRESSION)))
                  .and(not(in(CodeScope.SAMPLING))));

  /**
   * The exceptions hand over what is hashed by itself (suites, models, data sets, keys), keep and
   * carry, or say how a failure is called.
   */
  @ArchTest
  static final ArchRule FIGURES_REST_ON_THEMSELVES =
      noClasses()
          .that(in(CodeScope.FIGURES))
          .and(not(lentByTests()))
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.assay..")
                  .and(not(in(CodeScope.FIGURES)))
                  .and(
                      not(
                          resideInAnyPackage(
                              "dev.assay.harness.cache",
                              "dev.assay.engine.hub",
                              "dev.assay.harness.suite",
                              "dev.assay.harness.run",
                              "dev.assay.harness.run.artifact",
                              "dev.assay.harness.run.journal",
                              "dev.assay.harness.run.outcome",
                              "dev.assay.harness.run.plan",
                              "dev.assay.harness.run.synthetic",
                              "dev.assay.harness.build",
                              "dev.assay.leaderboard.file",
                              "dev.assay.leaderboard.result"))));

  /** The engine's tests lend these to the harness's. */
  private static DescribedPredicate<JavaClass> lentByTests() {
    return resideInAPackage("dev.assay.engine.fixture..");
  }

  private static DescribedPredicate<JavaClass> in(CodeScope scope) {
    return describe(
        "in scope " + scope,
        type -> scope.has(type.getBaseComponentType().getName().replace('.', '/') + ".class"));
  }
}
