package dev.assay.engine.fold;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.torch.TorchSession;

/** What an OPT becomes: its biases, its positions, a head of its own with a bias. */
record RotatedOpt(TorchSession torch, NDManager scope, GoldenCase golden) {
  private static final String DECODER = "model.decoder.";

  void check(Checkpoint rotated) {
    for (String tensor : golden.tensors("rotated:")) {
      String name =
          switch (tensor) {
            case "rotated:embed_rows" -> "embed_tokens.weight";
            case "rotated:position_rows" -> "embed_positions.weight";
            default -> tensor.substring("rotated:".length());
          };
      NDArray golden = this.golden.tensor(scope, tensor);
      NDArray found = rotated.tensor(torch, scope, DECODER + name);
      close(tensor.endsWith("_rows") ? found.get("0:" + golden.getShape().get(0)) : found, golden);
    }
    close(rotated.tensor(torch, scope, "lm_head.bias"), golden.tensor(scope, "head_bias"));
    assertThat(rotated.config().path("tie_word_embeddings").asBoolean(true)).isFalse();
    // Two mistakes that are easily made move the logits by far more than rounding.
    double most = golden.tolerance("logits_abs");
    assertThat(golden.scalar("tied_weights_logits_max_abs_change")).isGreaterThan(most);
    assertThat(golden.scalar("v_bias_not_rotated_logits_max_abs_change")).isGreaterThan(most);
  }

  private void close(NDArray found, NDArray golden) {
    assertThat(Agreement.of(found, golden).greatestDifference())
        .isLessThanOrEqualTo(this.golden.tolerance("weights_abs"));
  }
}
