package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.HessianAccumulator;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.lowrank.SvdParameters;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.FactoredWeight;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What GPTQ makes of a product's factors, held against the solver by hand. */
class FactorHessiansTest extends TorchTest {
  @TempDir Path directory;

  private final List<String> compared = new ArrayList<>();

  /**
   * A model before and after.
   *
   * @param factored its linears products of two
   * @param rounded the same with factors that the pipeline rounded
   * @param solver what it rounded them with
   */
  private record Models(
      Checkpoint factored, Checkpoint rounded, List<long[]> samples, GptqSolver solver) {}

  /** Grouped queries; transposed and fused with biases; fused; biases. */
  @ParameterizedTest
  @CsvSource({
    "llama, false, false",
    "llama, true, true",
    "gpt2, false, false",
    "gpt2, true, false",
    "phi3, false, true",
    "phi3, true, false",
    "qwen2, false, false"
  })
  void eachFactorSeesItsOwnInputs(String family, boolean sequential, boolean actOrder) {
    ModelFixture fixture = ModelFixture.of(family);
    List<long[]> samples = samples(fixture);
    GptqParameters parameters =
        new GptqParameters(4, 16, false, actOrder, false, sequential, 0.01, 16, false);
    Step svd = new Step("svd", new SvdParameters(0.6));
    Step gptq = new Step("gptq", parameters);
    Models models =
        new Models(
            run(fixture, List.of(svd), samples, "factored"),
            run(fixture, List.of(svd, gptq), samples, "rounded"),
            samples,
            new GptqSolver(torch, parameters));
    compared.clear();

    // Of the first layer, into which the same flows in both models.
    look(sequential ? models.rounded() : models.factored(), samples, layer -> right(layer, models));
    look(models.rounded(), samples, layer -> left(layer, models));

    assertThat(compared).hasSizeGreaterThanOrEqualTo(8);
  }

  private void right(SurveyedLayer layer, Models models) {
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics told = layer.statistics(group);
      for (List<String> linears : layer.layout().storedTogether(group)) {
        LowRankWeight before = (LowRankWeight) weight(models.factored(), linears.get(0));
        FactoredWeight after = (FactoredWeight) weight(models.rounded(), linears.get(0));
        same(linears.get(0), after.down(), solve(models.solver(), before.down(), told.hessian()));
      }
    }
  }

  private void left(SurveyedLayer layer, Models models) {
    for (LinearGroup group : layer.layout().groups()) {
      List<NDArray> inputs = layer.statistics(group).inputs();
      for (String linear : group.linears()) {
        LowRankWeight before = (LowRankWeight) weight(models.factored(), linear);
        FactoredWeight after = (FactoredWeight) weight(models.rounded(), linear);
        NDArray down = after.down().dequantize(torch, scope);
        try (HessianAccumulator hessian = new HessianAccumulator(torch, after.rank())) {
          inputs.forEach(input -> hessian.add(input.matMul(down.transpose())));
          same(linear, after.up(), solve(models.solver(), before.up(), hessian.hessian()));
        }
      }
    }
  }

  private QuantizedWeight solve(GptqSolver solver, NDArray factor, NDArray hessian) {
    NDArray values = torch.tensors().cast(scope, factor, DType.FLOAT32);
    return solver.solve(scope, values, hessian).weight();
  }

  private void same(String linear, StoredWeight found, QuantizedWeight meant) {
    QuantizedWeight codes = found.onGrid().orElseThrow();
    assertThat(codes.codes().toByteArray()).as(linear).isEqualTo(meant.codes().toByteArray());
    assertThat(codes.groupIndex().toIntArray()).isEqualTo(meant.groupIndex().toIntArray());
    assertThat(codes.zeros().sub(meant.zeros()).abs().max().getFloat()).as(linear).isZero();
    NDArray off = codes.dequantize(torch, scope).sub(meant.dequantize(torch, scope));
    // Scales are kept in 16 bits.
    assertThat(off.abs().max().getFloat())
        .isLessThan(1e-3f * meant.dequantize(torch, scope).abs().max().getFloat());
    compared.add(linear);
  }

  /** A linear of the first layer. */
  private StoredWeight weight(Checkpoint checkpoint, String linear) {
    CheckpointWeights weights =
        new CheckpointWeights(torch, checkpoint, new Families().architecture(checkpoint));
    return Objects.requireNonNull(
        weights
            .layers(0)
            .linears(scope, 0, List.of(weights.stack(0).layer(0).layout().linear(linear)))
            .get(linear));
  }

  private void look(Checkpoint checkpoint, List<long[]> samples, Consumer<SurveyedLayer> looker) {
    Surveyed model =
        Surveyed.of(torch, checkpoint, new Families().architecture(checkpoint), samples);
    new LayerSurvey(model.weights(), model.context())
        .look(
            Set.of(Statistic.HESSIAN, Statistic.INPUTS),
            layer -> {
              if (layer.position() == 0) {
                looker.accept(layer);
              }
            });
  }

  private static List<long[]> samples(ModelFixture fixture) {
    Random random = new Random(11);
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      samples.add(random.longs(48, 0, fixture.architecture().spec().vocabularySize()).toArray());
    }
    return samples;
  }

  private Checkpoint run(
      ModelFixture fixture, List<Step> steps, List<long[]> samples, String name) {
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), steps, samples, target, (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }
}
