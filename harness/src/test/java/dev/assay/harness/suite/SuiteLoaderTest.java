package dev.assay.harness.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.Sampling;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.dataset.DatasetRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuiteLoaderTest {
  private static final String SUITE =
      """
      name: small
      summary: s
      models: [{name: a, path: models/a}, models/b]
      recipes: [fp32, rtn-w4, gptq-w4]
      targets:
        - {name: one, threads: 1}
        - {name: all}
      baseline: fp32
      calibration: {samples: 16}
      measures:
        perplexity:
          - {dataset: europarl-en, window: 512}
        latency: {forks: 2}
      """;

  private final Path root;
  private final Path file;

  SuiteLoaderTest(@TempDir Path root) {
    this.root = root;
    this.file = root.resolve("suites/small.yaml");
  }

  @BeforeEach
  void write() throws IOException {
    for (String directory :
        new String[] {"models/a", "models/b", "recipes", "suites", "hardware-profiles"}) {
      Files.createDirectories(root.resolve(directory));
    }
    for (String profile : new String[] {"nvidia-h100", "nvidia-l4"}) {
      Files.createFile(root.resolve("hardware-profiles/" + profile + ".yaml"));
    }
    recipe("fp32", "dtype: float32");
    recipe("rtn-w4", "stages: [rtn]");
    recipe("gptq-w4", "calibration: {length: 256, seed: 3}\nstages: [gptq]");
  }

  private void recipe(String name, String rest) throws IOException {
    Files.writeString(
        root.resolve("recipes/" + name + ".yaml"), "name: " + name + "\nsummary: s\n" + rest);
  }

  private LoadedSuite load(String yaml) throws IOException {
    Files.writeString(file, yaml);
    return new SuiteLoader(StageRegistry.load(), DatasetRegistry.fromEnvironment(List.of()), root)
        .load(file);
  }

  @Test
  void expandsModelsByRecipesByTargetsWithBaselinesFirst() throws IOException {
    assertThat(load(SUITE.replace("baseline: fp32", "baseline: rtn-w4")).cells())
        .extracting(CellSpec::name)
        .containsExactly(
            "a/rtn-w4/one",
            "a/rtn-w4/all",
            "a/fp32/one",
            "a/fp32/all",
            "a/gptq-w4/one",
            "a/gptq-w4/all",
            "b/rtn-w4/one",
            "b/rtn-w4/all",
            "b/fp32/one",
            "b/fp32/all",
            "b/gptq-w4/one",
            "b/gptq-w4/all");
  }

  @Test
  void leavesNothingOpenInACell() throws IOException {
    CellSpec cell = load(SUITE + "seed: 7\n").cells().get(2);
    assertThat(cell.name()).isEqualTo("a/rtn-w4/one");
    assertThat(cell.baseline()).isFalse();
    assertThat(cell.modelPath()).isEqualTo(root.resolve("models/a"));
    assertThat(cell.recipe().calibration())
        .isEqualTo(
            new Calibration("europarl-en", "train", 16, 2048, Sampling.RANDOM, BosPolicy.NONE, 7L));
    assertThat(cell.dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(cell.activations()).isEqualTo(KernelInputs.NATIVE);
    assertThat(cell.target().threads().resolve(8)).isEqualTo(1);
    assertThat(cell.measures().latency()).isEqualTo(new LatencyMeasure(null, null, 1, 0, 2, 3, 5));
  }

  @Test
  void syntheticModelsAreFoundByTheirConfiguration() throws IOException {
    Path config = root.resolve("models/configs/tiny.json");
    Files.createDirectories(config.getParent());
    Files.writeString(config, "{}");
    String entry = "models:\n  - {name: t, synthetic: {config: tiny, seed: 5}}\n";

    CellSpec cell = load(SUITE.replaceFirst("(?s)models:.*?\n(?=\\w)", entry)).cells().get(0);

    assertThat(cell.modelPath()).isEqualTo(config);
    assertThat(cell.model().source()).isEqualTo("synthetic: tiny, seed 5");
    assertThat(cell.model().synthetic()).isEqualTo(new SyntheticModel("tiny", 5, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: t}|expected either path or synthetic",
        "{name: t, path: models/a, synthetic: {config: tiny}}|expected either path or synthetic",
        "{name: t, synthetic: {config: tniy}}|found 'tniy', expected the name of a configuration",
        "{name: t, synthetic: {seed: 1}}|config",
      })
  void aModelIsEitherThereOrSynthetic(String entry, String message) {
    String models = "models:\n  - " + entry + "\n";

    assertThatThrownBy(() -> load(SUITE.replaceFirst("(?s)models:.*?\n(?=\\w)", models)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("models[0]")
        .hasMessageContaining(message);
  }

  @Test
  void recipesAndTargetsMayAskForActivationsOfBytes() throws IOException {
    recipe("rtn-w4", "activations: int8\nstages: [rtn]");
    CellSpec asked = load(SUITE).cells().get(2);
    assertThat(asked.recipe().name()).isEqualTo("rtn-w4");
    assertThat(asked.activations()).isEqualTo(KernelInputs.INT8);
    assertThat(asked.execution().arithmetic()).isEqualTo("bfloat16 with int8 activations");
    assertThat(asked.recipe().canonical()).contains("activations: int8");
    assertThat(asked.recipe().compression()).doesNotContain("activations");

    String target = "targets:\n  - {name: one, activations: int8}\n";
    CellSpec other = load(SUITE.replaceFirst("(?s)targets:.*?\n(?=\\w)", target)).cells().get(0);
    assertThat(other.activations()).isEqualTo(KernelInputs.INT8);
  }

  @Test
  void recipesKeepTheirOwnDtypeAndSeed() throws IOException {
    LoadedSuite loaded = load(SUITE);
    assertThat(loaded.cells().get(0).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(loaded.cells().get(0).baseline()).isTrue();
    assertThat(loaded.cells().get(4).recipe().calibration())
        .isEqualTo(
            new Calibration("europarl-en", "train", 16, 256, Sampling.RANDOM, BosPolicy.NONE, 3L));
  }

  @Test
  void baselineOfOneTargetServesAll() throws IOException {
    assertThat(load(SUITE.replace("fp32\ncal", "{recipe: fp32, target: one}\ncal")).cells())
        .filteredOn(CellSpec::baseline)
        .extracting(CellSpec::name)
        .containsExactly("a/fp32/one", "b/fp32/one");
  }

  @Test
  void filtersCells() throws IOException {
    assertThat(
            load(SUITE
                    + "include: [{target: one}, {model: b}]\n"
                    + "exclude: [{recipe: '{rtn,gptq}-*', model: a}, {target: all, recipe: gptq*}]")
                .cells())
        .extracting(CellSpec::name)
        .containsExactly(
            "a/fp32/one",
            "b/fp32/one",
            "b/fp32/all",
            "b/rtn-w4/one",
            "b/rtn-w4/all",
            "b/gptq-w4/one");
  }

  @Test
  void overridesForSomeModelsMergeInOrder() throws IOException {
    LoadedSuite loaded =
        load(
            SUITE
                + """
                overrides:
                  - {model: '*', calibration: {samples: 8, length: 64}, measures: {size: false}}
                  - model: b
                    calibration: {samples: 4}
                    measures:
                      latency: {forks: 1, iterations: 2}
                      perplexity: [{dataset: wordnet-glosses, window: 128}]
                """);
    CellSpec ofA = loaded.cells().get(2);
    CellSpec ofB = loaded.cells().get(8);
    assertThat(ofA.recipe().calibration().samples()).isEqualTo(8);
    assertThat(ofB.recipe().calibration().samples()).isEqualTo(4);
    assertThat(ofB.recipe().calibration().length()).isEqualTo(64);
    assertThat(ofA.measures().latency()).isEqualTo(new LatencyMeasure(null, null, 1, 0, 2, 3, 5));
    assertThat(ofB.measures().latency()).isEqualTo(new LatencyMeasure(null, null, 1, 0, 1, 3, 2));
    assertThat(ofA.measures().perplexity().get(0).window()).isEqualTo(512);
    assertThat(ofB.measures().perplexity())
        .containsExactly(
            new PerplexityMeasure(
                "wordnet-glosses",
                "test",
                128,
                null,
                null,
                BosPolicy.NONE,
                QualityArithmetic.FLOAT32));
    assertThat(ofB.measures().size()).isFalse();
  }

  @Test
  void takesRecipesByPathFromTheSuitesDirectory() throws IOException {
    Files.writeString(root.resolve("suites/own.yaml"), "name: own\nsummary: s\nextends: rtn-w4");
    assertThat(load(SUITE.replace("rtn-w4,", "own.yaml,")).cells().get(2).name())
        .isEqualTo("a/own/one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "path: models/a | pth: models/a | 3: models[0].pth: unknown key 'pth', expected one of"
            + " [name, path, synthetic]; did you mean 'path'?",
        "name: a,       | name: a/x,    | 3: models[0].name: found 'a/x', expected a name of"
            + " ASCII letters, digits, '.', '_' and '-'",
        "models/b       | models/a      | 3: models[1]: found name 'a' again, first used by"
            + " models[0], expected names that differ",
        "rtn-w4,        | rtn-w5,       | 4: recipes[1]: unknown recipe 'rtn-w5', expected one of"
            + " [fp32, gptq-w4, rtn-w4]; did you mean 'rtn-w4'?",
        "rtn-w4,        | rtn.yaml,     | 4: recipes[1]: no such recipe file: rtn.yaml",
        "gptq-w4        | fp32          | 4: recipes[2]: found name 'fp32' again, first used by"
            + " recipes[0], expected names that differ",
        "threads: 1     | threads: 0    | 6: targets[0].threads: found 0, expected auto or a"
            + " number of threads",
        "threads: 1     | profile: h100 | 6: targets[0].profile: unknown profile 'h100', expected"
            + " one of [nvidia-h100, nvidia-l4]",
        "dataset: europarl-en | dataset: europarl | 12: measures.perplexity[0].dataset: unknown"
            + " dataset 'europarl', expected one of [europarl-en, wordnet-glosses,"
            + " wikitext-2-raw]; did you mean 'europarl-en'?",
        "window: 512    | window: 512, split: tests | 12: measures.perplexity[0].split: unknown"
            + " split 'tests' of europarl-en, expected one of [train, validation, test]; did you"
            + " mean 'test'?",
        "samples: 16    | dataset: c4   | 9: calibration.dataset: unknown dataset 'c4', expected"
            + " one of [europarl-en, wordnet-glosses, wikitext-2-raw]",
        "threads: 1     | device: gpu   | 6: targets[0].device: found 'gpu', expected one of [cpu,"
            + " cuda]",
        "threads: 1     | dtype: float8   | 6: targets[0].dtype: found 'float8', expected one of"
            + " [float32, bfloat16, float16]; did you mean 'float32'?",
        "fp32#          | fp23#         | 8: baseline.recipe: unknown recipe 'fp23', expected one"
            + " of [fp32, rtn-w4, gptq-w4]; did you mean 'fp32'?",
        "baseline: fp32 | baseline: {recipe: fp32, target: on} | 8: baseline.target: unknown target"
            + " 'on', expected one of [one, all]; did you mean 'one'?",
        "samples: 16    | samples: -1   | 9: calibration.samples: found -1, expected at least 1",
        "window: 512    | windows: 512  | 12: measures.perplexity[0].windows: unknown key"
            + " 'windows', expected one of [dataset, split, window, maxWindows, maxTokens, bos,"
            + " arithmetic]; did you mean 'window'?",
        "window: 512    | window: 512, maxTokens: 100 | 12: measures.perplexity[0].maxTokens: found"
            + " 100, expected at least 512",
        ", window: 512  | ``            | 12: measures.perplexity[0]: missing key 'window',"
            + " expected an integer (tokens a window, at most the model's context)",
        "forks: 2}#     | forks: two}#  | 13: measures.latency.forks: found 'two', expected an"
            + " integer",
        "forks: 2}#     | forks: 2}#include: [{recipe: awq*}]# | 14: include[0].recipe: 'awq*'"
            + " matches no recipe, expected one of [fp32, rtn-w4, gptq-w4]",
        "forks: 2}#     | forks: 2}#exclude: [{}]# | 14: exclude: the filters leave no cell,"
            + " expected at least one",
        "forks: 2}#     | forks: 2}#exclude: [{recipe: fp32, model: b}]# | 8: baseline: the filters"
            + " leave out b/fp32/one, the baseline of b/rtn-w4/one, expected it among the cells",
        "forks: 2}#     | forks: 2}#overrides: [{model: c}]# | 14: overrides[0].model: 'c' matches"
            + " no model, expected one of [a, b]",
        "forks: 2}#     | forks: 2}#overrides:#  - {model: a, measures: {latency: {fork: 1}}}# |"
            + " 15: overrides[0].measures.latency.fork: unknown key 'fork', expected one of"
            + " [promptLength, decodeLength, batch, warmupForks, forks, warmupIterations,"
            + " iterations]; did you mean 'forks'?",
        "name: small    | nam: small    | 1: nam: unknown key 'nam', expected one of [name,"
            + " summary, models, recipes, targets, seed, baseline, calibration, measures, include,"
            + " exclude, overrides]; did you mean 'name'?"
      })
  void saysWhereWhatWasFoundAndWhatExpected(String text, String broken, String message)
      throws IOException {
    String replaced = SUITE.replace(text.replace('#', '\n'), broken.replace('#', '\n'));
    assertThat(replaced).isNotEqualTo(SUITE);
    assertThatThrownBy(() -> load(replaced))
        .isInstanceOf(BadInputException.class)
        .hasMessage(file + ":" + message);
  }

  @Test
  void namesAllPlacesWhereAModelWasLookedFor() {
    assertThatThrownBy(() -> load(SUITE.replace("models/a", "models/c")))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            file
                + ":3: models[0].path: found 'models/c', expected a checkpoint at one of [models/c, "
                + root.resolve("models/c")
                + "]");
  }

  @Test
  void namesTheRecipeWhoseCalibrationIsAtFault() throws IOException {
    recipe("rtn-w4", "calibration: {split: tests}\nstages: [{rtn: {bits: 4}}]");
    assertThatThrownBy(() -> load(SUITE))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(
            file
                + ":4: recipes[1]: rtn-w4: calibration.split: unknown split 'tests' of europarl-en");
  }

  @Test
  void namesAllRecipesWithOneFaultInOneLine() throws IOException {
    recipe("rtn-w4", "calibration: {split: tests}\nstages: [{rtn: {bits: 4}}]");
    recipe("gptq-w4", "calibration: {split: tests}\nstages: [gptq]");
    assertThatThrownBy(() -> load(SUITE.replace("baseline: fp32", "baseline: gptq-w4")))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(
            file
                + ":4: recipes: rtn-w4, gptq-w4: calibration.split: unknown split 'tests' of"
                + " europarl-en")
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{model: b, calibration: {split: tests}}|overrides[1].calibration.split: unknown split",
        "{model: '*', calibration: {dataset: c4}}|overrides[1].calibration.dataset: unknown",
        "{model: a, calibration: {dataset: TEXT}}|overrides[1].calibration.split: unknown split",
        "{model: a, calibration: {dataset: TEXT, split: tests}}|overrides[1].calibration.split: "
            + "unknown split 'tests'",
      })
  void namesTheOverrideWhoseCalibrationIsAtFault(String override, String message)
      throws IOException {
    Path text = Files.writeString(root.resolve("own.txt"), "A text.");
    String yaml =
        SUITE.replace("calibration: {samples: 16}\n", "")
            + "overrides:\n  - {model: b, measures: {size: false}}\n  - "
            + override.replace("TEXT", "'" + text + "'");
    assertThatThrownBy(() -> load(yaml))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file + ":15: " + message)
        .message()
        .doesNotContain("\n");
  }

  /** What nobody says could be said there as well as anywhere, so the suite's own comes first. */
  @Test
  void aDefaultIsAtFaultInTheSuitesOwnSectionBeforeAnOverrides() throws IOException {
    Path text = Files.writeString(root.resolve("own.txt"), "A text.");
    String yaml =
        SUITE.replace("samples: 16", "dataset: '" + text + "'")
            + "overrides: [{model: b, calibration: {samples: 4}}]";
    assertThatThrownBy(() -> load(yaml))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file + ":9: calibration.split: unknown split 'train'")
        .message()
        .doesNotContain("\n");
  }

  /** An override is for what nobody says; what a recipe says is the recipe's. */
  @Test
  void whatARecipeSaysIsNotTheOverrides() throws IOException {
    recipe("rtn-w4", "calibration: {split: tests}\nstages: [rtn]");
    String yaml =
        SUITE.replace("calibration: {samples: 16}\n", "")
            + "overrides: [{model: '*', calibration: {samples: 4}}]";
    assertThatThrownBy(() -> load(yaml))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(
            file + ":4: recipes[1]: rtn-w4: calibration.split: unknown split 'tests'");
  }

  @Test
  void locatesAFaultInARecipeThere() throws IOException {
    recipe("rtn-w4", "stages: [{rtn: {bits: 9}}]");
    assertThatThrownBy(() -> load(SUITE))
        .hasMessage(
            root.resolve("recipes/rtn-w4.yaml")
                + ":3: stages[0].rtn.bits: found 9, expected an integer from 1 to 8");
  }
}
