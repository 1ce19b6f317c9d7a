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
    ForwardFlops flops = ForwardFlops.of(spec, sequences, length);
    long tokens = sequences * length;
    long weights = spec.main().layers().stream().mapToLong(ForwardFlops::weights).sum();

    assertThat(golden.rule("exact")).isEqualTo("no difference");
    assertThat((double) tokens).isEqualTo(golden.scalar("tokens"));
    assertThat((double) weights).isEqualTo(golden.scalar("linear_weights_in_layers"));
    assertThat((double) ForwardFlops.head(spec)).isEqualTo(golden.scalar("head_weights"));
    assertThat((double) (flops.layers() - 2 * tokens * weights))
        .isEqualTo(golden.scalar("attention_forward"));
    assertThat((double) flops.forward())
        .isEqualTo(golden.scalar("forward_counted"))
        .isEqualTo(golden.scalar("formula_forward"));
    TrainableModel model =
        TrainedFixture.read(torch, scope, golden.path("model"), LinearForm.FLOAT32).model();
    List<ModelTrainer.Learned> trained =
        model.values().entrySet().stream()
            .map(each -> new ModelTrainer.Learned(each.getKey(), each.getValue().tensor(), true))
            .toList();
    StepFlops whole = StepFlops.of(model, trained, length);
    double recomputed = sequences * whole.step(true);
    assertThat(sequences * whole.step(false))
        .isEqualTo(golden.scalar("forward_backward_counted"))
        .isEqualTo(golden.scalar("formula_forward_backward"));
    assertThat(recomputed)
        .isEqualTo(golden.scalar("forward_backward_recompute_reentrant"))
        .isEqualTo(golden.scalar("formula_recompute"));
    assertThat(whole.step(true) - whole.step(false)).isEqualTo(whole.layers());
    frozen(model, trained, whole.step(false), length);
    others(golden, spec, flops, recomputed, tokens);
    long all =
        model.values().values().stream()
            .filter(value -> value.kind() != TrainedValue.Kind.NORM)
            .mapToLong(value -> value.tensor().size())
            .sum();
    assertThat(6.0 * all * tokens).isEqualTo(golden.scalar("six_N_tokens_all_params"));
    assertThat(6.0 * (weights + ForwardFlops.head(spec)) * tokens)
        .isEqualTo(golden.scalar("six_N_tokens_matmul_params"));
  }

  /** Of a layer alone no more than the gradients of its own weights are found. */
  private static void frozen(
      TrainableModel model, List<ModelTrainer.Learned> trained, double whole, long length) {
    StepFlops frozen =
        StepFlops.of(
            model,
            trained.stream().filter(each -> each.name().startsWith("model.layers.2.")).toList(),
            length);
    assertThat(frozen.step(false)).isLessThan(whole).isGreaterThan(whole * 2 / 3);
  }

  /** What stops earlier, or trains a layer alone, follows from the same parts. */
  private static void others(
      GoldenCase golden, ModelSpec spec, ForwardFlops flops, double recomputed, long tokens) {
    long down =
        spec.main().layers().stream()
            .mapToLong(layer -> 2 * tokens * size(layer.layout().linear("mlp.down_proj")))
            .sum();
    assertThat(recomputed - down)
        .isEqualTo(golden.scalar("forward_backward_recompute_nonreentrant"));
    LayerSpec top = spec.main().layer(spec.main().depth() - 1);
    long layer = flops.layers() / spec.main().depth();
    assertThat(ForwardFlops.weights(top) * spec.main().depth())
        .isEqualTo(spec.main().layers().stream().mapToLong(ForwardFlops::weights).sum());
    assertThat((double) (flops.forward() + flops.head() + 2 * layer))
        .isEqualTo(golden.scalar("forward_backward_top_layer_only"));
    assertThat(golden.scalar("rotary_matmul")).isZero();
  }

  private static long size(Linear linear) {
    return linear.outFeatures() * linear.inFeatures();
  }
}
