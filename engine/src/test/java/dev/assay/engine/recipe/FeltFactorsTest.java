package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.lowrank.AsvdParameters;
import dev.assay.engine.lowrank.AsvdParameters.Magnitudes;
import dev.assay.engine.lowrank.FwsvdParameters;
import dev.assay.engine.lowrank.LowRankSolver;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.LowRankWeight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models factored by gradients of their loss, against the formulas over all gradients. */
class FeltFactorsTest extends TorchTest {
  private static final int LAYER = 1;
  private static final double KEEP = 0.5;
  private static final double ALPHA = 0.7;

  @TempDir Path directory;

  /** Linears by themselves, transposed, and several in one weight. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "bloom", "phi3"})
  void inputsCountByWhatTheLossFeels(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    List<long[]> samples = Arrays.asList(fixture.ids(scope, "input_ids"));
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    run(
        fixture,
        source,
        new Step("asvd", new AsvdParameters(KEEP, ALPHA, Magnitudes.FISHER, 1)),
        samples);

    Map<String, List<NDArray>> gradients = gradients(fixture, source, samples);
    Map<String, NDArray> before = values(fixture, source);
    Map<String, NDArray> after = values(fixture, Checkpoint.open(directory.resolve("artifact")));
    var layout = fixture.architecture().main().layer(LAYER).layout();
    for (LinearGroup group : layout.groups()) {
      for (List<String> linears : layout.storedTogether(group)) {
        NDArray weight = joined(linears.stream().map(before::get).toList());
        NDArray scale = scale(linears, gradients);
        long out = weight.getShape().get(0);
        long in = weight.getShape().get(1);
        long rank = (long) ((double) (out * in) * KEEP) / (out + in);
        LowRankWeight expected = new LowRankSolver(torch).scaled(scope, weight, scale, rank);
        NDArray found = joined(linears.stream().map(after::get).toList());

        NDArray product = expected.up().matMul(expected.down());
        assertThat(found.sub(product).abs().max().getFloat())
            .as("%s", linears)
            .isLessThan(1e-3f * weight.abs().max().getFloat());
      }
    }
  }

  /** The root of the mean, over samples and outputs, of squared gradients, to a power. */
  private NDArray scale(List<String> linears, Map<String, List<NDArray>> gradients) {
    List<NDArray> squares = new ArrayList<>();
    for (String linear : linears) {
      for (NDArray each : Objects.requireNonNull(gradients.get(linear), linear)) {
        squares.add(each.square());
      }
    }
    NDArray mean = joined(squares).mean(new int[] {0});
    return mean.sqrt().pow(ALPHA).add(1e-6f);
  }

  private NDArray joined(List<NDArray> parts) {
    return torch.tensors().concatenate(scope, parts, 0);
  }

  /** Two tokens reach some of the experts; of the others nothing is known. */
  @Test
  void whatTheLossDoesNotFeelIsFactoredAsItIs() {
    ModelFixture fixture = ModelFixture.of("mixtral");
    List<LinearOutcome> outcomes =
        run(
            fixture,
            fixture.checkpoint(),
            new Step("fwsvd", new FwsvdParameters(KEEP)),
            directory.resolve("artifact"),
            List.of(new long[] {5, 9}));

    assertThat(outcomes)
        .filteredOn(each -> each.linear().contains("experts"))
        .anySatisfy(
            each ->
                assertThat(each.note())
                    .isEqualTo("factored as if all counted alike: the loss does not feel it"))
        .anySatisfy(each -> assertThat(each.note()).isNull());
  }

  private void run(ModelFixture fixture, Checkpoint source, Step step, List<long[]> samples) {
    run(fixture, source, step, directory.resolve("artifact"), samples);
  }

  private List<LinearOutcome> run(
      ModelFixture fixture, Checkpoint source, Step step, Path target, List<long[]> samples) {
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(source, List.of(step), samples, target, (stage, done, layers) -> {})
        .get(0)
        .linears();
  }

  private Map<String, List<NDArray>> gradients(
      ModelFixture fixture, Checkpoint source, List<long[]> samples) {
    Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
    Map<String, List<NDArray>> all = new HashMap<>();
    new GradientSurvey(model.weights(), model.context())
        .look(
            (layer, sample, gradients) -> {
              if (layer.position() == LAYER) {
                gradients.forEach(
                    (name, each) -> {
                      NDArray copy = each.duplicate();
                      copy.attach(scope);
                      all.computeIfAbsent(name, first -> new ArrayList<>()).add(copy);
                    });
              }
            });
    return all;
  }

  private Map<String, NDArray> values(ModelFixture fixture, Checkpoint checkpoint) {
    Map<String, NDArray> values = new HashMap<>();
    new CheckpointWeights(torch, checkpoint, fixture.architecture())
        .layers(0)
        .values(scope, LAYER)
        .forEach(
            (name, value) -> values.put(name, torch.tensors().cast(scope, value, DType.FLOAT32)));
    return values;
  }
}
