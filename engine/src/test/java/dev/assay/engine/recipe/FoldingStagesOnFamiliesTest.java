package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fold.RotateParameters;
import dev.assay.engine.fold.RotateParameters.Down;
import dev.assay.engine.fold.RotateParameters.Heads;
import dev.assay.engine.quantize.AwqScalesParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.quantize.SmoothQuantParameters;
import dev.assay.engine.quantize.StressOutliersParameters;
import dev.assay.engine.quantize.W8A8Parameters;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
      new Step(
          "rotate",
          new RotateParameters(
              RotateParameters.Stream.RANDOM_HADAMARD, Heads.ACROSS, Down.FULL, 3));

  /** Norms stand behind what they norm, so that no factor of theirs can move. */
  private static final Set<String> NORMS_BEHIND =
      Set.of("bert", "bert_seqcls", "opt, gelu, norms behind");

  /** Norms stand before and behind. */
  private static final String BOTH = "gemma2";

  private static final String ADDED = ": found norms whose output is added to the stream";
  private static final String NO_HADAMARD =
      "model.layers.0.mlp.down_proj.weight, inputs of 176: found 176, expected a power of";

  @TempDir static Path sources;

  @TempDir Path directory;

  private final Map<String, Original> originals = new HashMap<>();

  /**
   * What a stage is tried on.
   *
   * @param wide the model in float32
   * @param outputs of that one
   */
  private record Original(ModelFixture fixture, Checkpoint wide, NDArray outputs) {}

  private static Stream<String> models() {
    return Stream.concat(FamilyFixtures.ALL.stream(), SyntheticFamilies.ALL.stream());
  }

  static List<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (String family : models().toList()) {
      for (Step step : steps()) {
        pairs.add(Arguments.of(family, step));
      }
    }
    return pairs;
  }

  private static List<Step> steps() {
    return List.of(
        new Step("smoothquant", new SmoothQuantParameters(0.5)),
        new Step("smoothquant", new SmoothQuantParameters(0.5, true, 4)),
        new Step("awq-scales", new AwqScalesParameters(4, 16, 4, true)),
        new Step(
            "stress-outliers",
            new StressOutliersParameters(List.of(3, 17, 40), List.of(30.0, 8.0, 12.5))),
        new Step(
            "rotate",
            new RotateParameters(RotateParameters.Stream.NONE, Heads.ACROSS, Down.BLOCKS, 0)),
        new Step(
            "rotate",
            new RotateParameters(RotateParameters.Stream.ORTHOGONAL, Heads.WITHIN, Down.NONE, 5)),
        new Step(
            "rotate",
            new RotateParameters(RotateParameters.Stream.HADAMARD, Heads.NONE, Down.BLOCKS, 0)),
        ROTATE);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pairs")
  void functionStays(String family, Step step) {
    Original original = original(family);
    ModelFixture fixture = original.fixture();
    Checkpoint source = original.wide();
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
    NDArray before = original.outputs();
    NDArray after = FamilyFixtures.outputs(torch, scope, read, artifact);
    assertThat(after.sub(before).norm().getFloat() / before.norm().getFloat())
        .isLessThan((float) MOST);
    if (changes(family, step)) {
      assertThat(artifact.sha256()).isNotEqualTo(source.sha256());
    }
  }

  static List<Arguments> rotatable() {
    List<Step> rounding =
        List.of(
            new Step("rtn", new RtnParameters(6, 16, true, false)),
            new Step("gptq", new GptqParameters(6, 16, false, true, false, true, 0.01, 128, false)),
            new Step(
                "w8a8",
                new W8A8Parameters(
                    Weights.CHANNEL, Activations.TOKEN, true, W8A8Parameters.Rule.SMOOTHQUANT)));
    List<String> families =
        models().filter(family -> !NORMS_BEHIND.contains(family) && !family.equals(BOTH)).toList();
    return IntStream.range(0, families.size())
        .mapToObj(i -> Arguments.of(families.get(i), rounding.get(i % rounding.size())))
        .toList();
  }

  /** What is rounded behind a rotation reads inputs that are turned first; families in turn. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("rotatable")
  void rotatedModelsAreRounded(String family, Step round) {
    ModelFixture fixture = original(family).fixture();
    Step rotate =
        new Step(
            "rotate",
            new RotateParameters(
                RotateParameters.Stream.RANDOM_HADAMARD, Heads.ACROSS, Down.BLOCKS, 1));

    compress(fixture, fixture.checkpoint(), rotate, round);

    Checkpoint artifact = Checkpoint.open(directory.resolve("artifact"));
    ModelFixture read =
        new ModelFixture(artifact, new Families().architecture(artifact), fixture.golden());
    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    NDArray after = FamilyFixtures.outputs(torch, scope, read, artifact);
    NDArray packed =
        FamilyFixtures.outputs(
            torch, scope, read, artifact, Execution.packed(torch.device(), DType.FLOAT32));
    NDArray spread = before.sub(before.mean());
    assertThat(rms(after.sub(before)) / rms(spread)).isBetween(1e-5, 0.25);
    assertThat(rms(packed.sub(after)) / rms(spread)).as("packed").isLessThan(2e-3);
  }

  private Original original(String name) {
    return originals.computeIfAbsent(name, this::open);
  }

  private Original open(String name) {
    ModelFixture fixture =
        SyntheticFamilies.ALL.contains(name)
            ? SyntheticFamilies.uneven(torch, name, sources.resolve(name))
            : ModelFixture.of(name);
    Checkpoint wide = Float32Copy.of(torch, fixture, sources.resolve(name + " float32"));
    return new Original(
        fixture, wide, FamilyFixtures.outputs(torch, torch.manager(), fixture, wide));
  }

  private static double rms(NDArray values) {
    return Math.sqrt(values.square().mean().getFloat());
  }

  private static @Nullable String refusal(String family, Step step) {
    if (!(step.parameters() instanceof RotateParameters rotate)) {
      return null;
    }
    if (family.equals("qwen2")) {
      return rotate.down() == Down.FULL ? NO_HADAMARD : null;
    }
    boolean added = NORMS_BEHIND.contains(family) || family.equals(BOTH);
    return added && rotate.stream() != RotateParameters.Stream.NONE ? ADDED : null;
  }

  /** Nothing of a model whose norms feed the stream can be smoothed. */
  private static boolean changes(String family, Step step) {
    return !NORMS_BEHIND.contains(family) || step.stage().equals("rotate");
  }

  private void compress(ModelFixture fixture, Checkpoint source, Step... steps) {
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            source,
            List.of(steps),
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
