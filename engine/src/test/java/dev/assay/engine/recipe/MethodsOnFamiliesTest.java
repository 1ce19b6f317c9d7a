package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.OneStage;
import dev.assay.engine.fixture.Staying;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerTensors;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.Stack;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method works on every family, though neither knows the other. */
@Tag("slow")
class MethodsOnFamiliesTest extends TorchTest {
  private static final int BITS = 4;
  private static final int GROUP = 16;

  /** Greatest relative error of a linear: a tenth above what the families' models give. */
  private static final Map<String, Double> MOST_ERROR =
      Map.of("rtn", 0.0056, "gptq", 0.0045, "awq", 0.0127, "sparsegpt", 0.122, "wanda", 0.336);

  @TempDir Path directory;

  static Stream<Arguments> pairs() {
    return FamilyFixtures.ALL.stream()
        .flatMap(family -> steps().stream().map(step -> Arguments.of(family, step.stage(), step)));
  }

  private static List<Step> steps() {
    return List.of(
        new Step("rtn", new RtnParameters(BITS, GROUP, false, false)),
        new Step(
            "gptq", new GptqParameters(BITS, GROUP, false, true, false, true, 0.01, 128, false)),
        new Step("awq", new AwqParameters(BITS, GROUP, true, true, 4, false, true, 0.5, 512)),
        new Step("sparsegpt", new SparseGptParameters(Sparsity.parse("2:4"), 0.01, 128, null)),
        new Step("wanda", new WandaParameters(Sparsity.parse("2:4"))));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pairs")
  void artifactIsWhatTheMethodMade(String family, String stage, Step step) {
    ModelFixture fixture = ModelFixture.of(family);
    Recording first = compress(fixture, step, directory.resolve("first"));
    Recording second = compress(fixture, step, directory.resolve("second"));
    Checkpoint artifact = Checkpoint.open(directory.resolve("first"));

    assertThat(artifact.sha256())
        .as("the same artifact twice")
        .isEqualTo(Checkpoint.open(directory.resolve("second")).sha256());
    assertThat(first.outcomes)
        .hasSize(
            fixture.architecture().stacks().stream()
                .mapToInt(s -> s.depth() * (int) s.layer(0).layout().linears().count())
                .sum());
    double most = Objects.requireNonNull(MOST_ERROR.get(stage));
    assertThat(first.outcomes)
        .allSatisfy(
            outcome -> assertThat(outcome.relativeError()).isPositive().isLessThanOrEqualTo(most));
    assertThat(second.outcomes).hasSameSizeAs(first.outcomes);
    int visited = 0;
    for (Stack stack : fixture.architecture().stacks()) {
      LayerTensors tensors = new LayerTensors(torch, artifact, stack);
      for (int layer = 0; layer < stack.depth(); layer++) {
        LayerLayout layout = stack.layer(layer).layout();
        Map<String, NDArray> loaded = tensors.values(scope, layer);
        loadedAsMade(loaded, first.layers.get(visited));
        for (Linear linear : layout.parts().toList()) {
          LinearOutcome outcome = first.outcome(visited, linear.name());
          DType dense = type(fixture.checkpoint(), stack.names().inLayer(layer, linear.tensor()));
          assertThat(outcome.bits() * linear.outFeatures() * linear.inFeatures())
              .as(linear.name())
              .isEqualTo(8.0 * bytes(dense, linear, linear.outFeatures(), stage));
          if (!isOnGrid(stage)) {
            NDArray values = Objects.requireNonNull(loaded.get(linear.name()));
            assertThat(Staying.ofRuns(values, 4)).as(linear.name()).containsExactly(2);
            assertThat(outcome.sparsity()).as(linear.name()).isEqualTo(0.5);
          }
        }
        visited++;
        for (Map.Entry<String, List<Linear>> stored : layout.stored().entrySet()) {
          String name = stack.names().inLayer(layer, stored.getKey());
          assertThat(artifact.linearBytes(name))
              .as(name)
              .isEqualTo(bytes(fixture.checkpoint(), name, stored.getValue(), stage));
        }
      }
    }
    NDArray outputs = FamilyFixtures.outputs(torch, scope, fixture, artifact);
    assertThat(torch.tensors().isFinite(outputs)).isTrue();
  }

  private void loadedAsMade(Map<String, NDArray> loaded, Map<String, NDArray> made) {
    assertThat(loaded.keySet()).isEqualTo(made.keySet());
    made.forEach(
        (name, value) ->
            assertThat(torch.tensors().bytes(Objects.requireNonNull(loaded.get(name))))
                .as(name)
                .isEqualTo(torch.tensors().bytes(value)));
  }

  /** Bytes of a stored weight with its bias, counted anew. */
  private static long bytes(Checkpoint source, String name, List<Linear> parts, String stage) {
    long out = parts.stream().mapToLong(Linear::outFeatures).sum();
    DType dense = type(source, name);
    long bias = parts.get(0).biased() ? out * dense.bytes() : 0;
    return bytes(dense, parts.get(0), out, stage) + bias;
  }

  /** The same of as many rows of a linear, without a bias. */
  private static long bytes(DType dense, Linear linear, long out, String stage) {
    long in = linear.inFeatures();
    if (!isOnGrid(stage)) {
      return out * in * dense.bytes();
    }
    long groups = (in + GROUP - 1) / GROUP;
    long scales = groups * out * (dense == DType.FLOAT32 ? 4 : 2);
    long wordsOfRows = (out * BITS + 31) / 32;
    // Linears of the class Conv1D, which AWQ's loaders do not look for, are in GPTQ's layout.
    if (stage.equals("awq") && !linear.transposed()) {
      return 4 * wordsOfRows * (in + groups) + scales;
    }
    long wordsOfColumns = (in * BITS + 31) / 32;
    return 4 * (wordsOfColumns * out + groups * wordsOfRows + in) + scales;
  }

  private static boolean isOnGrid(String stage) {
    return List.of("rtn", "gptq", "awq").contains(stage);
  }

  private static DType type(Checkpoint source, String name) {
    return source.info(name + ".weight").dtype();
  }

  private Recording compress(ModelFixture fixture, Step step, Path target) {
    LayerwiseMethod method = (LayerwiseMethod) StageRegistry.load().method(step);
    Recording recording = new Recording(method, scope);
    recording.outcomes =
        OneStage.run(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            recording,
            calibration(fixture),
            target);
    return recording;
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

  /** Keeps what a method made of each layer. */
  private static final class Recording implements LayerwiseMethod {
    private final LayerwiseMethod method;
    private final NDManager owner;
    private final List<Map<String, NDArray>> layers = new ArrayList<>();
    private List<LinearOutcome> outcomes = List.of();

    Recording(LayerwiseMethod method, NDManager owner) {
      this.method = method;
      this.owner = owner;
    }

    LinearOutcome outcome(int layer, String linear) {
      return outcomes.stream()
          .filter(each -> each.layer() == layer && each.linear().equals(linear))
          .findFirst()
          .orElseThrow();
    }

    @Override
    public Set<Statistic> statistics() {
      return method.statistics();
    }

    @Override
    public Propagation propagation() {
      return method.propagation();
    }

    @Override
    public DType storedType(DType source) {
      return method.storedType(source);
    }

    @Override
    public void compress(LayerContext layer) {
      method.compress(layer);
      DType type = layer.torch().tensors().typeOf(layer.values().values().iterator().next());
      assertThat(type).isEqualTo(DType.FLOAT32);
      Map<String, NDArray> made = new HashMap<>();
      layer
          .values()
          .forEach((name, value) -> made.put(name, layer.torch().tensors().copy(owner, value)));
      layers.add(made);
    }
  }
}
