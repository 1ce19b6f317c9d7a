package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints in which AWQ divides what an activation puts out. */
class DividedActivationTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "bloom, 4, transformer.h.1.mlp.gelu_impl.scales",
    "gpt_neox, 3, gpt_neox.layers.1.mlp.act.scales",
    "gptj, 4, transformer.h.1.mlp.act.scales"
  })
  void exportsSayTheSameOrRefuse(String family, int bits, String scales) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact =
        run(
            fixture,
            fixture.checkpoint(),
            "awq",
            List.of(
                new Step(
                    "awq", new AwqParameters(bits, 16, true, true, 20, false, true, 0.5, 512))));
    assertThat(artifact.names()).contains(scales);
    assertThat(new ModelTensors(artifact, new Families().architecture(artifact)).strays())
        .isEmpty();
    String card = Files.readString(directory.resolve("awq/README.md"));
    if (bits == 4) {
      assertThat(card).contains("Loaded by AutoAWQ").doesNotContain(scales);
    } else {
      assertThat(card).contains("Loaded by Assay only", "`" + scales + "`: divides an activation");
    }

    Path exported = directory.resolve("exported");
    new SafetensorsExport().export(torch, artifact, exported, 1L << 30);

    Checkpoint dense = Checkpoint.open(exported);
    assertThat(dense.names()).doesNotContain(scales);
    assertThat(
            Agreement.of(outputs(fixture, dense), outputs(fixture, artifact)).greatestDifference())
        .isLessThan(fixture.tolerance());
    assertThatThrownBy(
            () ->
                new ExportFormats()
                    .of("compressed-tensors")
                    .export(torch, artifact, directory.resolve("packed"), 1L << 30))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(".scales: found an activation that is divided");
  }

  /** A later stage works on what the division leaves, and carries it on. */
  @ParameterizedTest
  @CsvSource({"bloom", "gptj"})
  void laterStagesCarryItOn(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    AwqParameters eight = new AwqParameters(8, 16, true, false, 20, false, true, 0.5, 512);
    Checkpoint once = run(fixture, fixture.checkpoint(), "once", List.of(new Step("awq", eight)));
    Checkpoint twice =
        run(
            fixture,
            once,
            "twice",
            List.of(
                new Step(
                    "gptq",
                    new GptqParameters(8, 16, false, false, false, false, 0.01, 128, false))));
    NDArray original = outputs(fixture, fixture.checkpoint());
    double spread = original.square().mean().sqrt().getFloat();
    for (Checkpoint each : List.of(once, twice)) {
      NDArray off = outputs(fixture, each).sub(original);
      assertThat(off.square().mean().sqrt().getFloat() / spread).isLessThan(0.05);
    }
  }

  private NDArray outputs(ModelFixture fixture, Checkpoint checkpoint) {
    return FamilyFixtures.outputs(torch, scope, fixture, checkpoint);
  }

  private Checkpoint run(ModelFixture fixture, Checkpoint source, String name, List<Step> steps) {
    Random random = new Random(3);
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            source,
            steps,
            Stream.generate(
                    () ->
                        random
                            .longs(32, 0, fixture.architecture().spec().vocabularySize())
                            .toArray())
                .limit(8)
                .toList(),
            target,
            (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }
}
