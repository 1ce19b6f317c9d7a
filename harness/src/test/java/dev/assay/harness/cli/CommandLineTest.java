package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.harness.measure.MetricCatalog;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.leaderboard.result.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private static final Path ROOT = Path.of(System.getProperty("assay.root", ".."));

  @TempDir Path directory;

  private static Spoken say(String... arguments) {
    return TestBench.say(List.of(arguments));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "plan",
        "validate",
        "list",
        "show",
        "report",
        "hardware",
        "export",
        "fetch",
        "cache",
        "mixed",
        "teach"
      })
  void everyVerbExplainsItself(String verb) {
    Spoken help = say(verb, "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("Usage: assay " + verb);
    assertThat(say("--help").out()).contains("  " + verb + " ", "Exit codes", "Examples");
    assertThat(help.out().split("\n(?= {0,6}\\S)"))
        .as("what each option is unless given, once")
        .allSatisfy(option -> assertThat(option.split("(?i)default\\b").length).isLessThan(3))
        .noneMatch(option -> option.contains("[]"));
  }

  @Test
  void saysWhatMixedTakesUnlessGiven() {
    assertThat(say("mixed", "--help").out().replaceAll("\\s+", " "))
        .contains(
            "Columns that share a scale; -1 for a row (default: 64).",
            "as they are (default: [2, 3, 4, 8]).",
            "Text that sensitivities are measured on (default: europarl-en).",
            "AUTO is a bar on a terminal (default).");
  }

  @ParameterizedTest
  @CsvSource({
    "suites, quick",
    "models, ref-22m",
    "models, llama-2-7b",
    "recipes, gptq-w4-g128-act",
    "stages, dampPercent",
    "profiles, nvidia-h100-sxm",
    "datasets, f5ed0881c373a475233fce5eb43b7bda75930bc89c40c982d9c65f0c1f70d242",
    "metrics, timePerOutputToken"
  })
  void listsWhatThereIs(String kind, String something) {
    Spoken listed = say("list", kind);

    assertThat(listed.exitCode()).as(listed.err()).isZero();
    assertThat(listed.out()).contains(something);
    assertThat(listed.err()).isEmpty();
  }

  @Test
  void everyMetricIsListed() throws IllegalAccessException {
    List<String> names = new ArrayList<>();
    for (Field field : Metrics.class.getFields()) {
      names.add(String.valueOf(field.get(null)));
    }
    assertThat(names).isNotEmpty();
    assertThat(MetricCatalog.entries())
        .extracting(MetricCatalog.Entry::name)
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void tablesComeInFormsForPrograms() throws IOException {
    JsonNode json = new ObjectMapper().readTree(say("list", "stages", "--format", "json").out());
    assertThat(json.findValuesAsText("parameter")).contains("bits", "groupSize", "sparsity");
    // Of what is a mapping, in those, and in what those have.
    assertThat(json.findValuesAsText("stage"))
        .contains("in training", "in schedule", "in onPolicy", "in teachers", "in lora");
    assertThat(json.findValuesAsText("parameter"))
        .contains("learningRate", "warmupSteps", "teacherShare", "domains", "saveAdapter");

    assertThat(say("list", "metrics", "--format", "csv").out())
        .startsWith("metric,unit,better,how,meaning\nperplexity,1,lower,measured,");
    assertThat(say("list", "metrics", "--format", "md").out())
        .startsWith("| metric | unit | better | how | meaning |\n| --- | --- |");
    assertThat(say("list", "metrics", "--format", "jsonl").out().lines().findFirst())
        .hasValueSatisfying(line -> assertThat(line).startsWith("{\"metric\":\"perplexity\""));
  }

  @Test
  void showsARecipeWithEverythingResolved() {
    Spoken shown = say("show", "recipe", "gptq-w3-g128");

    assertThat(shown.exitCode()).isZero();
    assertThat(shown.out()).contains("name: gptq-w3-g128", "bits: 3", "dampPercent: 0.01");
  }

  /** A suite in a directory of the user's still finds Assay's own recipes and models. */
  @Test
  void suitesMayBeAnywhere() throws IOException {
    Path suite = directory.resolve("quick.yaml");
    Files.copy(ROOT.resolve("suites/quick.yaml"), suite);

    Spoken spoken = say("validate", suite.toString());

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
  }

  @Test
  void saysWhatIsWrongInALineEach() throws IOException {
    Path suite = directory.resolve("suites/faulty.yaml");
    Files.createDirectories(suite.getParent());
    Files.writeString(
        suite,
        Files.readString(ROOT.resolve("suites/quick.yaml"))
            .replace("name: quick", "name: faulty")
            .replace("  - gptq-w4-g128\n", "  - gtpq-w4-g128\n"));

    for (String verb : List.of("run", "plan", "validate")) {
      Spoken spoken = say(verb, suite.toString());

      assertThat(spoken.exitCode()).isEqualTo(2);
      assertThat(spoken.err().lines()).hasSize(1);
      assertThat(spoken.err())
          .startsWith("assay: " + suite + ":")
          .contains("recipes[3]: unknown recipe 'gtpq-w4-g128'", "did you mean 'gptq-w4-g128'?");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "show recipe gtpq-w4-g128     | did you mean 'gptq-w4-g128'?",
        "show result 0123456789abcdef | expected a result file, or the id or the model/recipe/target of a cell",
        "run no-such.yaml             | no-such.yaml",
        "list recipe                  | RECIPES",
        "runn                         | run",
      })
  void badArgumentsEndWithTwo(String arguments, String expected) {
    Spoken spoken = TestBench.say(Arrays.asList(arguments.split(" ")));

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err()).startsWith("assay: ").contains(expected);
    assertThat(spoken.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "validate SUITE --cache EMPTY    | --cache: found '', expected the path of a directory",
        "validate SUITE --datasets EMPTY | --datasets: found '', expected the path of a directory",
        "validate SUITE --datasets nope  | --datasets: found 'nope', which is not there, expected",
        "plan SUITE --reports EMPTY      | --reports: found '', expected the path of a directory",
        "report --reports EMPTY          | --reports: found '', expected the path of a directory",
        "report --reports SUITE          | --reports: found the file ",
        "export EMPTY --format safetensors --output x | found '', expected a directory in",
        "export SUITE --format safetensors --output x | quick.yaml: found a file, expected a dir",
        "export SUITE --format safetensors --output EMPTY | --output: found '', expected",
      })
  void pathsThatCannotBeAreRefused(String arguments, String expected) {
    String suite = ROOT.resolve("suites/quick.yaml").toString();
    List<String> words =
        Arrays.stream(arguments.split(" "))
            .map(word -> word.equals("EMPTY") ? "" : word.replace("SUITE", suite))
            .toList();

    Spoken spoken = TestBench.say(words);

    assertThat(spoken.exitCode()).as(spoken.err()).isEqualTo(2);
    assertThat(spoken.err()).startsWith("assay: ").contains(expected);
    assertThat(spoken.err().lines()).hasSize(1);
    assertThat(Path.of("fingerprints")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{ref-7m", "ref-7m/[a", "\\", "", "nope"})
  void aCellThatIsNotThereEndsWithTwo(String cell) {
    String suite = ROOT.resolve("suites/quick.yaml").toString();

    Spoken spoken =
        say("run", suite, "--cell", cell, "--reports", directory.toString(), "--no-site");

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err()).startsWith("assay: --cell: found '" + cell + "', which is neither");
    assertThat(spoken.err().lines()).hasSize(1);
  }

  @Test
  void validatesAllShippedFiles() {
    for (String kind : List.of("suites", "recipes", "hardware-profiles")) {
      List<String> arguments =
          new ArrayList<>(List.of("validate", "--force", "--cache", directory.toString()));
      if (!kind.equals("suites")) {
        arguments.add(kind.equals("recipes") ? "--recipe" : "--profile");
      }
      try (Stream<Path> files = Files.list(ROOT.resolve(kind))) {
        files
            .filter(file -> file.toString().endsWith(".yaml"))
            .forEach(file -> arguments.add(file.toString()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }

      Spoken spoken = TestBench.say(arguments);

      assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    }
  }

  @Test
  void plansWithoutRunning() throws IOException {
    TestBench bench = new TestBench(directory);
    Path suite =
        bench.suite("plan", List.of(TestBench.model("ref-7m")), List.of("fp32", "gptq-w4-g128"));

    Spoken planned = TestBench.say(bench.here("plan", suite.toString()));

    assertThat(planned.exitCode()).as(planned.err()).isZero();
    assertThat(planned.out())
        .contains("ref-7m/fp32/cpu", "to measure", "ref-7m/gptq-w4-g128/cpu")
        .contains("to compress and measure", "its arithmetic, roughly", "2 cells, about");
    assertThat(bench.reports().runs()).isEmpty();
  }

  /** What no other tool loads is said before an hour has gone by. */
  @Test
  void plansWhatOnlyAssayLoads() throws IOException {
    TestBench bench = new TestBench(directory);
    Path suite =
        bench.suite(
            "plan",
            List.of(TestBench.model("ref-7m")),
            List.of("rtn-w4-g128", "slicegpt-80", "svd-80"));

    Spoken planned = TestBench.say(bench.here("plan", suite.toString()));

    assertThat(planned.exitCode()).as(planned.err()).isZero();
    assertThat(planned.out().lines())
        .filteredOn(line -> line.contains("only Assay loads"))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "ref-7m/slicegpt-80/cpu: only Assay loads what slicegpt leaves: the stream"),
            line ->
                assertThat(line)
                    .startsWith(
                        "ref-7m/svd-80/cpu: only Assay loads what svd leaves: linears are"));
  }

  /** Of a family that has no words for it, and not of another. */
  @Test
  void plansWhatOnlyAssayLoadsModelByModel() throws IOException {
    TestBench bench = new TestBench(directory);
    Path suite =
        Files.writeString(
            bench.file("plan"),
            """
            name: plan
            summary: a test
            models:
              - {name: words, path: '%s'}
              - {name: none, synthetic: {config: '%s', seed: 3}}
            recipes: [fp32, prune-heads-gptq-w4-g128]
            baseline: fp32
            calibration: {samples: 4, length: 64}
            measures: {memory: false, roofline: false, energy: false}
            """
                .formatted(TestBench.model("ref-7m"), TestBench.model("configs/gpt2.json")));

    Spoken planned = TestBench.say(bench.here("plan", suite.toString()));

    assertThat(planned.exitCode()).as(planned.err()).isZero();
    assertThat(planned.out().lines())
        .filteredOn(line -> line.contains("only Assay loads"))
        .containsExactly(
            "none/prune-heads-gptq-w4-g128/cpu: only Assay loads what prune-heads leaves: layers"
                + " for which the configuration of gpt2 has no words.");
  }

  @Test
  void detectsTheMachine() {
    Spoken spoken = say("hardware");

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.out()).contains("processor", "memory", "profile, cpu", "pytorch");
  }

  @Test
  void offersShellCompletion() {
    assertThat(say("generate-completion").out()).contains("complete -F _complete_assay");
  }
}
