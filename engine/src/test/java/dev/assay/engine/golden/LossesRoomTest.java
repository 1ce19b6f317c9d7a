package dev.assay.engine.golden;

import dev.assay.engine.distill.LogitLossCheck;
import dev.assay.engine.distill.MiniLlmCheck;
import dev.assay.engine.distill.PretrainingLossCheck;
import dev.assay.engine.distill.SamplingCheck;
import dev.assay.engine.distill.StateLossCheck;
import dev.assay.engine.distill.UniversalLogitsCheck;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Losses that students are trained by, with their gradients. */
class LossesRoomTest extends GoldenRoomTest {
  private static final List<String> LOGITS =
      List.of(
          "cross_entropy",
          "causal_lm_loss",
          "hinton_kd",
          "soft_cross_entropy",
          "logit_mse",
          "forward_kl",
          "reverse_kl",
          "symmetric_kl",
          "js_distance",
          "total_variation",
          "skewed_forward_kl",
          "skewed_reverse_kl",
          "generalized_jsd",
          "adaptive_kl",
          "topk_divergence",
          "multi_teacher");
  private static final List<String> STATES =
      List.of(
          "fitnets",
          "hidden_mse",
          "hidden_cosine",
          "fsp",
          "nst_gram",
          "rkd_distance",
          "rkd_angle",
          "rkd",
          "linear_cka",
          "pkd_patience",
          "attention_transfer",
          "distilbert_triple",
          "tinybert",
          "minilm_v1",
          "minilm_v2",
          "ted");

  LossesRoomTest() {
    super("losses", checks());
  }

  private static Map<String, GoldenCheck> checks() {
    Map<String, GoldenCheck> checks = new HashMap<>();
    LOGITS.forEach(each -> checks.put(each, new LogitLossCheck()));
    STATES.forEach(each -> checks.put(each, new StateLossCheck()));
    checks.put("uld", new UniversalLogitsCheck());
    checks.put("minillm", new MiniLlmCheck());
    checks.put("teacher_mixed_sampling", new SamplingCheck());
    checks.put("minillm_pretrain_loss", new PretrainingLossCheck());
    return checks;
  }
}
