package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.BadInputsException;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.SparseGptParameters.JointQuantization;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeLoaderTest {
  private static final Calibration DEFAULT =
      new Calibration("europarl-en", "train", 128, 2048, Sampling.RANDOM, BosPolicy.NONE, null);

  private final Path directory;
  private final RecipeLoader loader;

  RecipeLoaderTest(@TempDir Path directory) {
    this.directory = directory;
    this.loader = new RecipeLoader(directory, StageRegistry.load());
  }

  private void write(String name, String... lines) throws IOException {
    Path file = directory.resolve(name + ".yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(file, String.join("\n", lines));
  }

  @Test
  void fillsInTheStagesDefaults() throws IOException {
    write("a", "name: a", "summary: s", "stages:", "  - gptq: {bits: 3}");
    assertThat(loader.load("a"))
        .isEqualTo(
            new Recipe(
                "a",
                "s",
                null,
                null,
                DEFAULT,
                List.of(
                    new Step(
                        "gptq",
                        new GptqParameters(
                            3, 128, false, false, false, false, 0.01, 128, false)))));
  }

  @Test
  void readsStagesInEveryForm() throws IOException {
    write(
        "a",
        "name: a",
        "summary: s",
        "dtype: float32",
        "stages:",
        "  - magnitude",
        "  - wanda:",
        "  - sparsegpt: {sparsity: 2:4, quantization: {}}");
    Recipe recipe = loader.load("a");
    assertThat(recipe.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(recipe.stages())
        .extracting(Step::stage)
        .containsExactly("magnitude", "wanda", "sparsegpt");
    assertThat(recipe.stages().get(2).parameters())
        .isEqualTo(
            new SparseGptParameters(
                new Sparsity.NofM(2, 4), 0.01, 128, new JointQuantization(4, false)));
  }

  /** What stands beside the layers is none of their linears. */
  @Test
  void theEmbeddingMayHaveARoundingOfItsOwn() throws IOException {
    write(
        "beside",
        "name: beside",
        "summary: s",
        "stages: [{gptq: {bits: 4}}, {rtn: {bits: 8, targets: [embedding, head]}}]");

    assertThat(loader.load("beside").stages()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[rtn, {gptq: {bits: 3}}]|stages[1]: found 'gptq', which rounds the linears that 'rtn' in"
            + " stages[0] has rounded, expected one rounding of a linear",
        "[awq, wanda, rtn]|stages[2]: found 'rtn', which rounds the linears that 'awq' in"
            + " stages[0] has rounded, expected one rounding of a linear",
        "[{sparsegpt: {quantization: {}}}, gptq]|stages[1]: found 'gptq', which rounds the linears"
            + " that 'sparsegpt' in stages[0] has rounded, expected one rounding of a linear",
      })
  void aLinearIsRoundedOnce(String stages, String message) throws IOException {
    write("a", "name: a", "summary: s", "stages: " + stages);
    assertThatThrownBy(() -> loader.load("a"))
        .isInstanceOf(BadInputException.class)
        .hasMessageEndingWith("a.yaml:3: " + message);
  }

  @Test
  void pruningMayComeBeforeOrAfterRounding() throws IOException {
    write("a", "name: a", "summary: s", "stages: [wanda, gptq, {cast: {dtype: float16}}]");
    assertThat(loader.load("a").stages()).hasSize(3);
  }

  @Test
  void stagesSelectLinears() throws IOException {
    write(
        "a",
        "name: a",
        "summary: s",
        "stages:",
        "  - rtn: {bits: 8, targets: [mlp.down_proj]}",
        "  - gptq: {ignore: ['mlp.down_proj', 're:.*[.]0[.].*']}",
        "  - cast: {dtype: float16}");
    Recipe recipe = loader.load("a");

    assertThat(recipe.stages())
        .extracting(Step::selection)
        .containsExactly(
            new Selection(List.of("mlp.down_proj"), List.of()),
            new Selection(List.of(), List.of("mlp.down_proj", "re:.*[.]0[.].*")),
            Selection.ALL);
    write("b", recipe.toYaml().replace("name: a", "name: b").split("\n"));
    assertThat(loader.load("b").stages()).isEqualTo(recipe.stages());
    assertThat(recipe.canonical()).contains("targets").contains("re:.*[.]0[.].*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{rtn: {targets: ['re:(']}}]|stages[0].rtn.targets: found 're:(', expected a regular",
        "[{rtn: {targets: mlp}}]|stages[0].rtn.targets: found 'mlp', expected a list",
        "[{rtn: {target: [a]}}]|unknown key 'target'"
      })
  void faultySelectionsAreNamed(String stages, String message) throws IOException {
    write("a", "name: a", "summary: s", "stages: " + stages);
    assertThatThrownBy(() -> loader.load("a"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("a.yaml:3: ")
        .hasMessageContaining(message);
  }

  @Test
  void inheritsAndPatches() throws IOException {
    write("shared/calibration", "calibration: {samples: 16, length: 256}");
    write("shared/first", "calibration: {sampling: first, samples: 8}");
    write(
        "parent",
        "name: parent",
        "summary: p",
        "extends: [shared/first, shared/calibration]",
        "stages:",
        "  - gptq: {bits: 3, actOrder: true}",
        "  - cast: {dtype: float16}");
    write("same", "name: same", "summary: s", "extends: parent");
    write(
        "patched",
        "name: patched",
        "summary: s",
        "extends: parent.yaml",
        "calibration: {seed: 5}",
        "stages:",
        "  - gptq: {groupSize: 64}");
    assertThat(loader.load("same").canonical()).isEqualTo(loader.load("parent").canonical());
    Recipe patched = loader.load("patched");
    assertThat(patched.calibration())
        .isEqualTo(
            new Calibration("europarl-en", "train", 16, 256, Sampling.FIRST, BosPolicy.NONE, 5L));
    assertThat(patched.stages())
        .containsExactly(
            new Step(
                "gptq", new GptqParameters(3, 64, false, true, false, false, 0.01, 128, false)));
  }

  @Test
  void writesEverythingInOneOrderAndReadsItBack() throws IOException {
    write("a", "stages: [{sparsegpt: {sparsity: '2:4'}}, {wanda: {}}]", "summary: s", "name: a");
    Recipe recipe = loader.load("a");
    assertThat(recipe.toYaml())
        .isEqualTo(
            """
            name: a
            summary: s
            calibration:
              dataset: europarl-en
              split: train
              samples: 128
              length: 2048
              sampling: random
              bos: none
            stages:
              - sparsegpt:
                  sparsity: 2:4
                  dampPercent: 0.01
                  blockSize: 128
                  of: linears
              - wanda:
                  sparsity: 0.5
                  of: linears
            """);
    Files.writeString(directory.resolve("a.yaml"), recipe.toYaml());
    assertThat(loader.load("a")).isEqualTo(recipe);
    assertThat(recipe.canonical()).doesNotContain("name:", "summary:").contains("wanda");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- gptq: {bits: 9}         | stages[0].gptq.bits: found 9, expected an integer from 1 to 8",
        "- awq: {bits: 5}          | stages[0].awq.bits: found 5, expected one of 2, 3, 4, 8",
        "- gptq: {groupSize: 0}    | stages[0].gptq.groupSize: found 0, expected -1 or at least 1",
        "- gptq: {groupsize: 64}   | stages[0].gptq.groupsize: unknown key 'groupsize', expected"
            + " one of [bits, groupSize, symmetric, actOrder, staticGroups, trueSequential,"
            + " dampPercent, blockSize, mse, wholeSteps]; did you mean 'groupSize'?",
        "- gptq: 4                 | stages[0].gptq: found 4, expected a mapping",
        "- {gptq: {}, rtn: {}}     | stages[0]: found a mapping with keys [gptq, rtn], expected one"
            + " stage with its parameters, such as 'gptq: {bits: 4}'",
        "- cast                    | stages[0].cast: missing key 'dtype', expected one of [float32,"
            + " bfloat16, float16] (type that the weights are stored in)",
        "- wanda: {sparsity: half} | stages[0].wanda.sparsity: found 'half', expected a ratio such"
            + " as 0.5 or a pattern such as 2:4 (of a ratio that share goes; of n:m stay n of every"
            + " m, where published command lines prune n)",
        "- wanda: {sparsity: 1.5}  | stages[0].wanda.sparsity: found 1.5, expected a ratio above 0"
            + " and below 1",
        "- wanda: {sparsity: 4:2}  | stages[0].wanda.sparsity: found '4:2', expected a pattern n:m"
            + " with 1 <= n < m, of which n stay of every m",
        "- sparsegpt: {sparsity: 1:3} | stages[0].sparsegpt.blockSize: found 128, expected a"
            + " multiple of the pattern's 3",
        "- lora: {adapter: none}   | stages[0].lora: adapter: none/adapter_config.json: found no"
            + " such file, expected an adapter as PEFT saves it: adapter_config.json and"
            + " adapter_model.safetensors",
        "- trim-vocabulary: {list: none} | stages[0].trim-vocabulary.list: found none, which cannot"
            + " be read (NoSuchFileException), expected a text in UTF-8",
      })
  void locatesFaultyStages(String stage, String message) throws IOException {
    write("a", "name: a", "summary: s", "stages:", stage);
    assertThatThrownBy(() -> loader.load("a"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(directory.resolve("a.yaml") + ":4: " + message);
  }

  /** The stages that there are, some of them where there are many. */
  @Test
  void namesTheStagesThatThereAre() throws IOException {
    write("a", "name: a", "summary: s", "stages:", "- gtpq: {bits: 4}");
    assertThatThrownBy(() -> loader.load("a"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(
            directory.resolve("a.yaml")
                + ":4: stages[0]: unknown stage 'gtpq', expected one of [ada")
        .hasMessageContaining(", gptq, hqq, ")
        .hasMessageEndingWith("; did you mean 'gptq'?");
  }

  /** Each is a line of the report, which names the file. */
  private void assertFaults(String... messages) {
    assertThatThrownBy(() -> loader.load("a"))
        .isInstanceOfSatisfying(
            BadInputException.class,
            error ->
                assertThat(BadInputsException.of(error))
                    .containsExactly(
                        Arrays.stream(messages)
                            .map(message -> directory + "/" + message)
                            .toArray(String[]::new)));
  }

  @Test
  void tellsAllFaultsOfAFile() throws IOException {
    write(
        "a",
        "name: b",
        "summary: s",
        "calibration: {samples: 0}",
        "stages:",
        "  - {gptq: {}, rtn: {}}",
        "  - cast: {dtype: float16, ignore: [mlp.down_proj]}",
        "  - rtn",
        "  - awq: {bits: 5}",
        "  - gptq");

    assertFaults(
        "a.yaml:1: name: found 'b', expected the name of the file a.yaml",
        "a.yaml:3: calibration.samples: found 0, expected at least 1",
        "a.yaml:5: stages[0]: found a mapping with keys [gptq, rtn], expected one stage with its"
            + " parameters, such as 'gptq: {bits: 4}'",
        "a.yaml:6: stages[1]: stage cast: found targets or ignore, expected neither: it changes"
            + " the type of all that is stored value by value",
        "a.yaml:8: stages[3].awq.bits: found 5, expected one of 2, 3, 4, 8",
        "a.yaml:9: stages[4]: found 'gptq', which rounds the linears that 'rtn' in stages[2] has"
            + " rounded, expected one rounding of a linear");
  }

  @Test
  void aNameThatIsNoneIsOneFault() throws IOException {
    write("a", "name: 4", "summary: s");
    assertFaults("a.yaml:1: name: found 4, expected a string");
    write("a", "name: ' '", "summary: s");
    assertFaults("a.yaml:1: name: found ' ', expected a name");
  }

  @Test
  void tellsAllFaultsOfWhatIsExtended() throws IOException {
    write("list", "- calibration");
    write("a", "name: b", "summary: s", "extends:", "  - 4", "  - c.yaml", "  - list", "  - a");

    assertFaults(
        "a.yaml:1: name: found 'b', expected the name of the file a.yaml",
        "a.yaml:4: extends[0]: found 4, expected a string",
        "a.yaml:5: extends[1]: no such recipe file: c.yaml",
        "list.yaml:1: found a list, expected a mapping",
        "a.yaml:7: extends[3]: found a circle a.yaml -> a.yaml, expected none");
  }

  @Test
  void stagesThatAreNoneLeaveTheOtherFaultsToTell() throws IOException {
    write("parent", "stages: [gptq]");
    write(
        "a",
        "name: a",
        "summary: s",
        "extends: parent",
        "calibration: {samples: 0}",
        "stages: [4, {gptq: {bits: 9}}]");

    assertFaults(
        "a.yaml:4: calibration.samples: found 0, expected at least 1",
        "a.yaml:5: stages[0]: found 4, expected one stage with its parameters, such as 'gptq:"
            + " {bits: 4}'",
        "a.yaml:5: stages[1].gptq.bits: found 9, expected an integer from 1 to 8");
    write("parent", "stages: [4, 5]");
    assertFaults(
        "parent.yaml:1: stages[0]: found 4, expected one stage with its parameters, such as 'gptq:"
            + " {bits: 4}'",
        "parent.yaml:1: stages[1]: found 5, expected one stage with its parameters, such as 'gptq:"
            + " {bits: 4}'");
  }

  @Test
  void locatesAFaultInTheFileThatHasIt() throws IOException {
    write("parent", "calibration:", "  samples: 0");
    write("a", "name: a", "summary: s", "extends: parent");
    assertThatThrownBy(() -> loader.load("a"))
        .hasMessage(
            directory.resolve("parent.yaml")
                + ":2: calibration.samples: found 0, expected at least 1");
  }

  @Test
  void refusesCircles() throws IOException {
    write("a", "extends: b");
    write("b", "extends: [c]");
    write("c", "name: c", "extends: ../" + directory.getFileName() + "/a.yaml");
    assertThatThrownBy(() -> loader.load("a"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            directory.resolve("c.yaml")
                + ":2: extends: found a circle a.yaml -> b.yaml -> c.yaml -> a.yaml, expected none");
  }

  @Test
  void namesTheNearestRecipe() throws IOException {
    write("gptq-w4", "name: gptq-w4", "summary: s");
    write("a", "name: a", "summary: s", "extends: gptq-w5");
    assertThatThrownBy(() -> loader.load("gptqw4"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "unknown recipe 'gptqw4', expected one of [a, gptq-w4]; did you mean 'gptq-w4'?");
    assertThatThrownBy(() -> loader.load("a"))
        .hasMessage(
            directory.resolve("a.yaml")
                + ":3: extends: unknown recipe 'gptq-w5', expected one of [a, gptq-w4];"
                + " did you mean 'gptq-w4'?");
  }

  @Test
  void wantsTheNameOfTheFile() throws IOException {
    write("a", "name: b", "summary: s");
    assertThatThrownBy(() -> loader.load("a"))
        .hasMessage(
            directory.resolve("a.yaml")
                + ":1: name: found 'b', expected the name of the file a.yaml");
  }
}
