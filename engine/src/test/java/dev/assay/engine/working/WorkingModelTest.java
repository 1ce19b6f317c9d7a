package dev.assay.engine.working;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.RotatedInput;
import dev.assay.engine.weight.WeightFormats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stages put into a model, and what they find there. */
class WorkingModelTest extends TorchTest {
  private static final String DOWN = "mlp.down_proj";

  @TempDir Path directory;

  private final ModelFixture fixture = ModelFixture.of("llama");

  private record Nothing() implements Stage {}

  private Checkpoint run(
      String name, ModelFixture model, List<StageType<?>> types, List<Step> steps) {
    List<StageType<?>> all = new ArrayList<>(StageRegistry.load().all());
    all.addAll(types);
    Path target = directory.resolve(name);
    new Pipeline(torch, model.architecture(), new StageRegistry(all))
        .run(model.checkpoint(), steps, samples(), target, (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }

  private Checkpoint run(String name, ModelFixture model, WholeModelMethod method) {
    return run(
        name,
        model,
        List.of(new StageType<>("whole", "whole", Nothing.class, nothing -> method)),
        List.of(new Step("whole", new Nothing())));
  }

  private List<long[]> samples() {
    Random random = new Random(3);
    int vocabulary = fixture.architecture().spec().vocabularySize();
    return List.of(
        random.longs(32, 0, vocabulary).toArray(), random.longs(32, 0, vocabulary).toArray());
  }

  private ModelFixture narrow() {
    Checkpoint narrow =
        run(
            "narrow",
            fixture,
            List.of(),
            List.of(new Step("cast", new CastParameters(DType.BFLOAT16))));
    return new ModelFixture(narrow, new Families().architecture(narrow), fixture.golden());
  }

  private LayerChanges doubled(WorkingModel model, int layer) {
    NDArray values = Objects.requireNonNull(model.layers(0).values(scope, layer).get(DOWN)).mul(2);
    return new LayerChanges(Map.of(), Map.of(DOWN, new DenseWeight(values, DType.FLOAT32)));
  }

  /** Doubles a linear of every layer; once it is broken off after the first. */
  private final class Doubling implements WholeModelMethod {
    private boolean breaks = true;

    @Override
    public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
      for (int layer = 0; layer < model.stack(0).depth(); layer++) {
        model.put(0, layer, doubled(model, layer), JsonNodeFactory.instance.objectNode());
        if (breaks) {
          breaks = false;
          throw new IllegalStateException("broken off");
        }
      }
      return List.of();
    }
  }

  @Test
  void aWholeModelStageBeginsAnew() {
    Doubling method = new Doubling();
    assertThatThrownBy(() -> run("doubled", fixture, method)).hasMessage("broken off");

    Checkpoint artifact = run("doubled", fixture, method);
    for (int layer = 0; layer < fixture.architecture().main().depth(); layer++) {
      String name = "model.layers." + layer + "." + DOWN + ".weight";
      assertThat(artifact.tensor(torch, scope, name))
          .isEqualTo(fixture.checkpoint().tensor(torch, scope, name).mul(2));
    }
  }

  @Test
  void whatStandsBesideTheLayersCanBeChanged() {
    ModelFixture narrow = narrow();
    String embedding = "model.embed_tokens.weight";
    NDArray head = narrow.checkpoint().linear(torch, scope, "lm_head").dequantize(torch, scope);
    Checkpoint artifact =
        run(
            "beside",
            narrow,
            (model, context) -> {
              NDArray table = model.tensor(scope, embedding, null);
              NDArray wide = torch.tensors().cast(scope, table, DType.FLOAT32);
              model.putBeside(
                  new LayerChanges(
                      Map.of(embedding, wide.mul(2)),
                      Map.of("lm_head", new DenseWeight(head.mul(4), DType.FLOAT32))));
              return List.of();
            });

    assertThat(artifact.info("lm_head.weight").dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(artifact.info(embedding).dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(artifact.linear(torch, scope, "lm_head").dequantize(torch, scope))
        .isEqualTo(head.mul(4));
    NDArray before =
        torch
            .tensors()
            .cast(scope, narrow.checkpoint().tensor(torch, scope, embedding), DType.FLOAT32);
    NDArray after =
        torch.tensors().cast(scope, artifact.tensor(torch, scope, embedding), DType.FLOAT32);
    assertThat(after).isEqualTo(before.mul(2));
  }

  @Test
  void whatTheModelDoesNotHaveIsRefused() {
    WorkingModel model =
        new WorkingModel(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            WeightFormats.load(),
            directory.resolve("working"));
    model.beginStage();
    NDArray some = normal(1, 2, 2);
    DenseWeight weight = new DenseWeight(some, DType.FLOAT32);

    assertThatThrownBy(
            () ->
                model.put(
                    0,
                    0,
                    new LayerChanges(Map.of(), Map.of("mlp.down", weight)),
                    JsonNodeFactory.instance.objectNode()))
        .hasMessageContaining("found changes of 'mlp.down', expected of some of")
        .hasMessageContaining(DOWN);
    assertThatThrownBy(() -> model.putBeside(new LayerChanges(Map.of("head", some), Map.of())))
        .hasMessageContaining("found changes of 'head'");
    assertThatThrownBy(() -> model.keepLayers(0, List.of(1, 0)))
        .hasMessageContaining("layers: found [1, 0], expected some of 0 to");
  }

  /** Turns the inputs of the last linear of each feed-forward. */
  private static final class Turning implements LayerwiseMethod {
    @Override
    public void compress(LayerContext layer) {
      layer.treatInput(DOWN, new RotatedInput(8, new PlainInput()));
    }
  }

  /** Keeps the Hessian of the first layer's last linear. */
  private final class Probing implements LayerwiseMethod {
    private final List<NDArray> hessians = new ArrayList<>();

    @Override
    public Set<Statistic> statistics() {
      return Set.of(Statistic.HESSIAN);
    }

    @Override
    public void compress(LayerContext layer) {
      List<LinearGroup> groups = layer.layout().groups();
      NDArray hessian = layer.statistics(groups.get(groups.size() - 1)).hessian();
      hessians.add(torch.tensors().copy(scope, hessian));
    }
  }

  @Test
  void statisticsAreOfWhatMultiplies() {
    Probing plain = new Probing();
    Probing turned = new Probing();
    List<StageType<?>> types =
        List.of(
            new StageType<>("turn", "turn", Nothing.class, nothing -> new Turning()),
            new StageType<>("plain", "plain", Nothing.class, nothing -> plain),
            new StageType<>("turned", "turned", Nothing.class, nothing -> turned));
    run("plain", fixture, types, List.of(new Step("plain", new Nothing())));
    run(
        "turned",
        fixture,
        types,
        List.of(new Step("turn", new Nothing()), new Step("turned", new Nothing())));

    NDArray before = plain.hessians.get(0);
    int width = (int) before.getShape().get(0);
    float[] matrix = new float[width * width];
    for (int row = 0; row < width; row++) {
      for (int column = row / 8 * 8; column < row / 8 * 8 + 8; column++) {
        boolean even = Integer.bitCount(row % 8 & column % 8) % 2 == 0;
        matrix[row * width + column] = (float) ((even ? 1 : -1) / Math.sqrt(8));
      }
    }
    NDArray turn = scope.create(matrix, before.getShape());
    NDArray expected = turn.matMul(before).matMul(turn);
    NDArray found = turned.hessians.get(0);
    float scale = expected.abs().max().getFloat();
    assertThat(found.sub(expected).abs().max().getFloat() / scale).isLessThan(1e-5f);
    assertThat(found.sub(before).abs().max().getFloat() / scale).isGreaterThan(1e-2f);
  }
}
