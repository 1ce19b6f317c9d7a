package dev.assay.engine.fold;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.hadamard.HadamardMatrix;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.RotatedInput;
import java.util.List;

/**
 * What a llama becomes: weights of its first layer, inputs of linears, what is said of the whole.
 *
 * @param golden the case
 */
record RotatedLlama(TorchSession torch, NDManager scope, GoldenCase golden) {
  private static final String ROWS = "_rows";
  private static final List<String> TURNED = List.of("self_attn.o_proj", "mlp.down_proj");

  void check(Checkpoint source, Checkpoint rotated) {
    CompressedModel original = new CompressedModel(torch, scope, golden, source);
    CompressedModel model = new CompressedModel(torch, scope, golden, rotated);
    original.checkPerplexity("ppl_original");
    model.checkPerplexity("ppl_rotated");
    for (String tensor : golden.tensors("rotated:")) {
      String name = tensor.substring("rotated:".length());
      NDArray found =
          name.endsWith(ROWS)
              ? firstRows(rotated, name.substring(0, name.length() - ROWS.length()), tensor)
              : rotated.tensor(torch, scope, "model.layers.0." + name + ".weight");
      close(found, tensor, golden.tolerance("weights_abs"));
    }
    inputs(rotated);
    // Two mistakes that are easily made move the logits by far more than rounding.
    double most = golden.tolerance("rotated_logits_abs");
    assertThat(golden.scalar("embedding_mean_removed_logits_max_abs_change")).isGreaterThan(most);
    assertThat(golden.scalar("without_online_transforms_logits_max_abs_change"))
        .isGreaterThan(most);
  }

  private NDArray firstRows(Checkpoint rotated, String which, String tensor) {
    String name = which.equals("lm_head") ? "lm_head" : "model.embed_tokens";
    long rows = golden.tensor(scope, tensor).getShape().get(0);
    return rotated.tensor(torch, scope, name + ".weight").get("0:" + rows);
  }

  /** Inputs of the first layer's linears before and after they are turned. */
  private void inputs(Checkpoint rotated) {
    CheckpointWeights weights =
        new CheckpointWeights(torch, rotated, new Families().architecture(rotated));
    LayerSpec layer = weights.spec().main().layer(0);
    long[][] ids = GoldenIds.rows(golden.input(scope, "ids_for_logits"));
    long[] first = ids[0];
    try (LayerRunner runner = new LayerRunner(torch, weights, 0);
        BoundLayer bound = runner.bind(layer, weights.layers(0).values(scope, 0))) {
      NDArray id = scope.create(first, new ai.djl.ndarray.types.Shape(1, first.length));
      NDArray embedded = runner.embed(scope, List.of(id)).get(0);
      List<NDArray> seen = bound.taps(scope, embedded, null).groupInputs();
      for (String linear : TURNED) {
        int group = linear.equals(TURNED.get(0)) ? 1 : 3;
        RotatedInput turn = (RotatedInput) layer.linear(linear).input();
        NDArray after = seen.get(group).get("0, 0:4");
        close(after, "online:" + linear + ".after", golden.tolerance("rotated_logits_abs"));
        NDArray before = golden.tensor(scope, "online:" + linear + ".before");
        close(
            HadamardMatrix.of(turn.blockSize()).multiply(torch, scope, before, turn.stride()),
            "online:" + linear + ".after",
            golden.tolerance("weights_abs") * 10);
      }
    }
  }

  private void close(NDArray found, String tensor, double limit) {
    assertThat(Agreement.of(found, golden.tensor(scope, tensor)).greatestDifference())
        .as(tensor)
        .isLessThanOrEqualTo(limit);
  }
}
