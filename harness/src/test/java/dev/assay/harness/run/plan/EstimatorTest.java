package dev.assay.harness.run.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.journal.ReportsDirectory;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.SuiteLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimatorTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 64, "intermediate_size": 128,
       "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2,
       "vocab_size": 500, "max_position_embeddings": 256, "torch_dtype": "float32",
       "tie_word_embeddings": false}
      """;

  private static final double SIZE = 1e6;
  private static final double RATE = 1e9;

  @TempDir Path directory;

  private final StageRegistry stages = StageRegistry.load();

  private double seconds(String stages) throws IOException {
    Path config = Files.writeString(directory.resolve("model.json"), CONFIG);
    Path recipe =
        Files.writeString(
            directory.resolve("one.yaml"),
            "name: one\nsummary: a test\nstages: [" + stages + "]\n");
    Path suite =
        Files.writeString(
            new TestBench(directory).file("estimates"),
            """
            name: estimates
            summary: a test
            models:
              - {name: made, synthetic: {config: '%s', seed: 3}}
            recipes: ['%s']
            baseline: one
            calibration: {samples: 4, length: 64}
            measures: {memory: false, roofline: false, energy: false}
            """
                .formatted(config, recipe));
    CellSpec cell =
        new SuiteLoader(
                this.stages,
                DatasetRegistry.fromEnvironment(List.of()),
                Path.of(System.getProperty("assay.root", "..")))
            .load(suite)
            .cells()
            .get(0);
    return new Estimator(
            this.stages,
            new ReportsDirectory(directory.resolve("reports")),
            run -> Optional.empty())
        .compression(cell, SIZE, RATE);
  }

  /** Six operations for each parameter and token, eight where layers are computed again. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "finetune: {data: {length: 32}, training: {steps: 50, batch: 4}} | 50 * 4 * 32 | 6",
        "finetune: {data: {length: 32}, training: {steps: 50, batch: 2, accumulation: 2}} | 50 * 4 * 32 | 6",
        "finetune: {data: {length: 32}, training: {steps: 50, batch: 4, recompute: true}} | 50 * 4 * 32 | 8",
        "distill: {data: {length: 32}, training: {steps: 50, batch: 4}} | 50 * 4 * 32 | 8",
        "lottery: {rounds: 2, rewindTo: 10, data: {length: 32}, training: {steps: 50, batch: 4}} | 130 * 4 * 32 | 6"
      })
  void trainingTakesItsArithmetic(String stage, String tokens, double operations)
      throws IOException {
    double product = 1;
    for (String factor : tokens.split(" \\* ", -1)) {
      product *= Double.parseDouble(factor);
    }
    double expected = product * operations * SIZE / RATE;
    assertThat(seconds(stage)).isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void whatIsNotTrainedTakesNoneOfIt() throws IOException {
    assertThat(seconds("rtn: {}")).isZero();
  }
}
