package dev.assay.engine.finetune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.train.Optimizer;
import org.jspecify.annotations.Nullable;

/**
 * What moves parameters.
 *
 * @param kind which
 * @param weightDecay of weights and embeddings; biases and norms do not decay
 * @param beta1 of AdamW and Lion; null for their own, 0.9
 * @param beta2 of AdamW, else 0.999, and of Lion, else 0.99
 * @param epsilon of AdamW; null for 1e-8
 * @param momentum of SGD; null for none
 * @param nesterov whether SGD looks ahead along its move
 */
public record OptimizerChoice(
    @Default("adamw") @Describe("adamw, adam (decay in the gradient), sgd, lion or adafactor")
        Kind kind,
    @Default("0.01") @Describe("decay of weights and embeddings, not of biases and norms")
        double weightDecay,
    @Describe("memory of the mean gradient, of adamw, adam and lion; 0.9 if left out")
        @Nullable Double beta1,
    @Describe("memory of the mean square, 0.999 if left out, or lion's of the mean, 0.99")
        @Nullable Double beta2,
    @Describe("added to the root of the mean square; 1e-8 if left out") @Nullable Double epsilon,
    @Describe("share of the last move of sgd that goes on; none if left out")
        @Nullable Double momentum,
    @Default("false") @Describe("let sgd look ahead along its move") boolean nesterov) {
  /** Kinds of them. */
  public enum Kind {
    ADAMW,
    ADAM,
    SGD,
    LION,
    ADAFACTOR
  }

  public OptimizerChoice {
    boolean adam = kind == Kind.ADAMW || kind == Kind.ADAM;
    requireOf(adam || kind == Kind.LION, "beta1", beta1, "adamw, adam and lion");
    requireOf(adam || kind == Kind.LION, "beta2", beta2, "adamw, adam and lion");
    requireOf(adam, "epsilon", epsilon, "adamw and adam");
    requireOf(kind == Kind.SGD, "momentum", momentum, "sgd");
    Require.that(
        !nesterov || kind == Kind.SGD && momentum != null && momentum > 0,
        "nesterov",
        true,
        "false without sgd's momentum");
    Require.that(
        weightDecay >= 0 && Double.isFinite(weightDecay), "weightDecay", weightDecay, "from 0");
    requireShare("beta1", beta1);
    requireShare("beta2", beta2);
    requireShare("momentum", momentum);
    Require.that(epsilon == null || epsilon > 0, "epsilon", String.valueOf(epsilon), "above 0");
  }

  private static void requireOf(boolean has, String key, @Nullable Double value, String those) {
    Require.that(has || value == null, key, String.valueOf(value), "none: it is a key of " + those);
  }

  private static void requireShare(String key, @Nullable Double value) {
    Require.that(
        value == null || value >= 0 && value < 1, key, String.valueOf(value), "from 0 to below 1");
  }

  private static double or(@Nullable Double value, double otherwise) {
    return value == null ? otherwise : value;
  }

  /** As the trainer takes it. */
  Optimizer optimizer() {
    return switch (kind) {
      case ADAMW, ADAM ->
          new Optimizer.Adam(
              or(beta1, 0.9), or(beta2, 0.999), or(epsilon, 1e-8), weightDecay, kind == Kind.ADAMW);
      case SGD -> new Optimizer.Sgd(or(momentum, 0), 0, nesterov, weightDecay);
      case LION -> new Optimizer.Lion(or(beta1, 0.9), or(beta2, 0.99), weightDecay);
      case ADAFACTOR ->
          new Optimizer.Adafactor(1e-30, 1e-3, 1, -0.8, 0, weightDecay, false, false, false);
    };
  }
}
