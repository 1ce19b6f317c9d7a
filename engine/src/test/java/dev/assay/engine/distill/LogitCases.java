package dev.assay.engine.distill;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import java.util.ArrayList;
import java.util.List;

/** The terms that cases of losses on logits are of. */
final class LogitCases {
  private LogitCases() {}

  static LossTerm term(GoldenCase golden) {
    JsonNode lambda = golden.parameter("lam");
    return switch (golden.algorithm()) {
      case "cross_entropy", "causal_lm_loss" ->
          new CrossEntropy(golden.parameter("label_smoothing").asDouble(), Reduction.TOKENS);
      case "hinton_kd" ->
          new Hinton(temperature(golden), golden.parameter("alpha").asDouble(), reduction(golden));
      case "soft_cross_entropy" ->
          new SoftTargets(new DivergenceForm.SoftCrossEntropy(), soft(golden));
      case "logit_mse" -> new LogitMse(soft(golden).per(Reduction.ELEMENTS));
      case "forward_kl" ->
          new SoftTargets(
              new DivergenceForm.ForwardKl(golden.parameter("entropy_term").asBoolean()),
              soft(golden));
      case "reverse_kl" -> new SoftTargets(new DivergenceForm.ReverseKl(), soft(golden));
      case "symmetric_kl" ->
          new SoftTargets(
              new DivergenceForm.SymmetricKl(lambda.doubleValue(), false), soft(golden));
      case "js_distance" ->
          new SoftTargets(new DivergenceForm.JensenShannon(lambda.doubleValue()), soft(golden));
      case "total_variation" -> new SoftTargets(new DivergenceForm.TotalVariation(), soft(golden));
      case "skewed_forward_kl" ->
          new SoftTargets(
              new DivergenceForm.SkewedForwardKl(lambda.doubleValue(), false), soft(golden));
      case "skewed_reverse_kl" ->
          new SoftTargets(new DivergenceForm.SkewedReverseKl(lambda.doubleValue()), soft(golden));
      case "generalized_jsd" ->
          new SoftTargets(
              new DivergenceForm.GeneralizedJsd(golden.parameter("beta").asDouble()), soft(golden));
      case "adaptive_kl" ->
          new SoftTargets(
              new DivergenceForm.AdaptiveKl(golden.parameter("mu").doubleValue()), soft(golden));
      case "topk_divergence" ->
          new SoftTargets(
              new DivergenceForm.TopK(
                  golden.parameter("top_k").intValue(),
                  golden.parameter("add_tail").booleanValue(),
                  golden.parameter("beta").asDouble()),
              soft(golden));
      case "multi_teacher" -> severalTeachers(golden);
      default -> throw new IllegalArgumentException(golden.algorithm());
    };
  }

  private static LossTerm severalTeachers(GoldenCase golden) {
    String words = golden.parameter("combine").textValue();
    boolean logits = words.startsWith("mean of logits");
    Combine combine =
        logits
            ? Combine.LOGITS
            : words.startsWith("mean of the three KL") ? Combine.LOSSES : Combine.PROBABILITIES;
    List<Double> weights = new ArrayList<>();
    golden.parameter("weights").forEach(each -> weights.add(each.doubleValue()));
    return new SoftTargets(
        new DivergenceForm.ForwardKl(!logits),
        new Soft(
            temperature(golden),
            !logits,
            Reduction.TOKENS,
            Tokens.SCORED,
            combine,
            weights.isEmpty() ? null : weights));
  }

  private static Soft soft(GoldenCase golden) {
    return Soft.at(temperature(golden), false).per(reduction(golden));
  }

  private static double temperature(GoldenCase golden) {
    return golden.parameter("temperature").asDouble(1);
  }

  private static Reduction reduction(GoldenCase golden) {
    String words = golden.parameter("reduction").asText();
    if (words.equals("sum")) {
      return Reduction.SUM;
    }
    if (words.contains("including V")
        || words.contains("tokens * V")
        || words.endsWith("scored tokens and V")) {
      return Reduction.ELEMENTS;
    }
    return words.endsWith("/ B") || words.contains("/ B (first dimension)")
        ? Reduction.SEQUENCES
        : Reduction.TOKENS;
  }
}
