package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** What PyTorch counts of a step, and the formulas. */
public final class TrainingFlopsCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    ModelSpec spec =
        TrainedFixture.read(torch, scope, golden.path("model"), LinearForm.FLOAT32).model().spec();
    long sequences = golden.parameter("batch").longValue();
    long length = golden.parameter("length").longValue();
    TrainingFlops flops = TrainingFlops.of(spec, sequences, length);
    long tokens = sequences * length;
    long weights = spec.main().layers().stream().mapToLong(TrainingFlops::weights).sum();

    assertThat(golden.rule("exact")).isEqualTo("no difference");
    assertThat((double) tokens).isEqualTo(golden.scalar("tokens"));
    assertThat((double) weights).isEqualTo(golden.scalar("linear_weights_in_layers"));
    assertThat((double) TrainingFlops.head(spec)).isEqualTo(golden.scalar("head_weights"));
    assertThat((double) (flops.layers() - 2 * tokens * weights))
        .isEqualTo(golden.scalar("attention_forward"));
    assertThat((double) flops.forward())
        .isEqualTo(golden.scalar("forward_counted"))
        .isEqualTo(golden.scalar("formula_forward"));
    assertThat((double) flops.step())
        .isEqualTo(golden.scalar("forward_backward_counted"))
        .isEqualTo(golden.scalar("formula_forward_backward"));
    assertThat((double) flops.recomputed())
        .isEqualTo(golden.scalar("forward_backward_recompute_reentrant"))
        .isEqualTo(golden.scalar("formula_recompute"));
    asTrained(torch, scope, golden, (double) flops.step() / (double) sequences, length);
    others(golden, spec, flops, tokens);
    long all =
        TrainedFixture.read(torch, scope, golden.path("model"), LinearForm.FLOAT32)
            .model()
            .values()
            .values()
            .stream()
            .filter(value -> value.kind() != TrainedValue.Kind.NORM)
            .mapToLong(value -> value.tensor().size())
            .sum();
    assertThat(6.0 * all * tokens).isEqualTo(golden.scalar("six_N_tokens_all_params"));
    assertThat(6.0 * (weights + TrainingFlops.head(spec)) * tokens)
        .isEqualTo(golden.scalar("six_N_tokens_matmul_params"));
  }

  /** The same by the tensors that are trained. */
  private static void asTrained(
      TorchSession torch, NDManager scope, GoldenCase golden, double expected, long length) {
    TrainableModel model =
        TrainedFixture.read(torch, scope, golden.path("model"), LinearForm.FLOAT32).model();
    List<ModelTrainer.Learned> all =
        model.values().entrySet().stream()
            .map(each -> new ModelTrainer.Learned(each.getKey(), each.getValue().tensor(), true))
            .toList();
    StepFlops flops = StepFlops.of(model, all, length);
    assertThat(flops.step(false)).isEqualTo(expected);
    StepFlops frozen =
        StepFlops.of(
            model,
            all.stream().filter(each -> each.name().startsWith("model.layers.2.")).toList(),
            length);
    assertThat(frozen.step(false)).isLessThan(expected).isGreaterThan(expected * 2 / 3);
    assertThat(flops.step(true) - flops.step(false)).isEqualTo(flops.layers());
  }

  /** What stops earlier, or trains a layer alone, follows from the same parts. */
  private static void others(GoldenCase golden, ModelSpec spec, TrainingFlops flops, long tokens) {
    long down =
        spec.main().layers().stream()
            .mapToLong(layer -> 2 * tokens * size(layer.layout().linear("mlp.down_proj")))
            .sum();
    assertThat((double) (flops.recomputed() - down))
        .isEqualTo(golden.scalar("forward_backward_recompute_nonreentrant"));
    LayerSpec top = spec.main().layer(spec.main().depth() - 1);
    long layer = flops.layers() / spec.main().depth();
    assertThat(TrainingFlops.weights(top) * spec.main().depth())
        .isEqualTo(spec.main().layers().stream().mapToLong(TrainingFlops::weights).sum());
    assertThat((double) (flops.forward() + flops.head() + 2 * layer))
        .isEqualTo(golden.scalar("forward_backward_top_layer_only"));
    assertThat(golden.scalar("rotary_matmul")).isZero();
  }

  private static long size(Linear linear) {
    return linear.outFeatures() * linear.inFeatures();
  }
}
