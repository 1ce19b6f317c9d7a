package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A suite that is run from a directory that has nothing to do with it. */
@Tag("slow")
class SuiteElsewhereTest {
  @TempDir Path directory;

  private TestBench bench;
  private Path repository;
  private Path elsewhere;

  @BeforeEach
  void open() throws IOException {
    repository = Files.createDirectory(directory.resolve("repository"));
    elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    bench = new TestBench(repository);
    Files.createDirectory(repository.resolve("texts"));
    Files.writeString(repository.resolve("texts/words.txt"), "Words and more words. ".repeat(200));
  }

  private Path suite(String text) throws IOException {
    return Files.writeString(
        bench.file("away"),
        """
        name: away
        summary: a test
        models: ['%s']
        recipes: [fp32, gptq-w4-g128]
        baseline: fp32
        calibration: {dataset: '%s', split: all, samples: 2, length: 32}
        measures:
          perplexity: [{dataset: '%s', split: all, window: 32, maxWindows: 2}]
          memory: false
          roofline: false
          energy: false
        """
            .formatted(TestBench.model("ref-7m"), text, text));
  }

  @Test
  void textsAreFoundBesideTheSuiteAndKeepTheirNames() throws Exception {
    String suite = suite("texts/words.txt").toString();
    for (String verb : List.of("validate", "plan")) {
      Spoken spoken = bench.sayFrom(elsewhere, bench.here(verb, suite));
      assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    }

    Spoken run = bench.sayFrom(elsewhere, bench.here("run", suite, "--no-site"));

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    RunDirectory last = bench.reports().last("away").orElseThrow();
    assertThat(last.results()).hasSize(2);
    for (String cell : last.results().keySet()) {
      Result result = new ResultJson().read(last.result(cell));
      Measurement perplexity =
          result.measurements().stream()
              .filter(each -> each.metric().equals(Metrics.PERPLEXITY))
              .findFirst()
              .orElseThrow();
      assertThat(perplexity.value()).as(perplexity.note()).isNotNull();
      assertThat(perplexity.protocol().settings()).containsEntry("dataset", "texts/words.txt");
    }
    Spoken here = bench.sayFrom(repository, bench.here("plan", suite));
    assertThat(here.out()).contains(last.results().keySet());
  }

  @Test
  void anErrorSaysWhereATextWasLookedFor() throws Exception {
    Spoken spoken =
        bench.sayFrom(elsewhere, bench.here("validate", suite("texts/none.txt").toString()));

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err())
        .contains(
            "measures.perplexity[0].dataset: texts/none.txt: no such file; expected a text file in"
                + " UTF-8 at one of [",
            elsewhere.resolve("texts/none.txt").toString(),
            repository.resolve("texts/none.txt").toString());
  }
}
