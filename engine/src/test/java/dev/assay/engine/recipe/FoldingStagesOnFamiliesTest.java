package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fold.RotateParameters;
import dev.assay.engine.fold.RotateParameters.Down;
import dev.assay.engine.fold.RotateParameters.Heads;
import dev.assay.engine.fold.RotateParameters.Stream;
import dev.assay.engine.quantize.SmoothQuantParameters;
import dev.assay.engine.quantize.StressOutliersParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every stage that folds leaves every family's function as it was, or refuses the model. */
@Tag("slow")
class FoldingStagesOnFamiliesTest extends TorchTest {
  /** A stage alone moves the outputs by sums of float32 that round otherwise. */
  private static final double MOST = 2e-5;

  private static final Step ROTATE =
      new Step("rotate", new RotateParameters(Stream.RANDOM_HADAMARD, Heads.ACROSS, Down.FULL, 3));

  /** Of which models rotation is refused, and what the message says. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "bert", "bert: found norms whose output is added to the stream",
          "bert_seqcls", "bert: found norms whose output is added to the stream",
          "qwen2",
              "model.layers.0.mlp.down_proj.weight, inputs of 176: found 176, expected a power of");

  @TempDir Path directory;

  static List<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (String family : FamilyFixtures.ALL) {
      for (Step step : steps()) {
        pairs.add(Arguments.of(family, step));
      }
    }
    return pairs;
  }

  private static List<Step> steps() {
    return List.of(
        new Step("smoothquant", new SmoothQuantParameters(0.5)),
        new Step(
            "stress-outliers",
            new StressOutliersParameters(List.of(3, 17, 40), List.of(30.0, 8.0, 12.5))),
        new Step("rotate", new RotateParameters(Stream.NONE, Heads.ACROSS, Down.BLOCKS, 0)),
        new Step("rotate", new RotateParameters(Stream.ORTHOGONAL, Heads.WITHIN, Down.NONE, 5)),
        new Step("rotate", new RotateParameters(Stream.HADAMARD, Heads.NONE, Down.BLOCKS, 0)),
        ROTATE);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pairs")
  void functionStays(String family, Step step) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    String refusal = refusal(family, step);
    if (refusal != null) {
      assertThatThrownBy(() -> compress(fixture, source, step))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(refusal);
      return;
    }

    compress(fixture, source, step);

    Checkpoint artifact = Checkpoint.open(directory.resolve("artifact"));
    ModelFixture read =
        new ModelFixture(artifact, new Families().architecture(artifact), fixture.golden());
    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, source);
    NDArray after = FamilyFixtures.outputs(torch, scope, read, artifact);
    assertThat(after.sub(before).norm().getFloat() / before.norm().getFloat())
        .isLessThan((float) MOST);
    if (changes(family, step)) {
      assertThat(artifact.sha256()).isNotEqualTo(source.sha256());
    }
  }

  private static @org.jspecify.annotations.Nullable String refusal(String family, Step step) {
    if (!(step.parameters() instanceof RotateParameters rotate)) {
      return null;
    }
    boolean stream = rotate.stream() != Stream.NONE;
    String said = REFUSED.get(family);
    return family.equals("qwen2")
        ? (rotate.down() == Down.FULL ? said : null)
        : stream ? said : null;
  }

  /** Nothing of a model whose norms feed the stream can be smoothed. */
  private static boolean changes(String family, Step step) {
    return !family.startsWith("bert") || step.stage().equals("rotate");
  }

  private void compress(ModelFixture fixture, Checkpoint source, Step step) {
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            source,
            List.of(step),
            calibration(fixture),
            directory.resolve("artifact"),
            (stage, finished, layers) -> {});
  }

  private static List<long[]> calibration(ModelFixture fixture) {
    Random random = new Random(7);
    int vocabulary = fixture.architecture().spec().vocabularySize();
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      samples.add(random.longs(32, 0, vocabulary).toArray());
    }
    return samples;
  }
}
