package dev.assay.engine.run;

import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.weight.LinearPreparer;
import java.util.Optional;

/**
 * How what stands between linears runs.
 *
 * @param fused whether ops of our own do norms, rotations, gates and attention of one token
 * @param threads of those
 * @param pairedElements from how many elements of keys on a lone query is faster with another
 *     beside it; 0 for never
 * @param trains whether nothing may be made of weights beforehand
 */
record StepModules(boolean fused, int threads, long pairedElements, boolean trains) {
  /** By libtorch's operations, one after the other. */
  static final StepModules PLAIN = new StepModules(false, 1, 0);

  /** Likewise, from the weights alone, so that gradients reach all of them. */
  static final StepModules TRAINED = new StepModules(false, 1, 0, true);

  /** As what is not trained runs. */
  StepModules(boolean fused, int threads, long pairedElements) {
    this(fused, threads, pairedElements, false);
  }

  /** As a model's linears run. */
  static StepModules of(LinearPreparer preparer) {
    return new StepModules(preparer.fuses(), preparer.threads(), preparer.pairedElements());
  }

  /** What chooses the next token. */
  ModuleNode choice() {
    return Scripts.module(fused ? "fused.FusedChoice" : "model.PlainChoice");
  }

  /** A rotation by an op, where it is to be. */
  ModuleNode rotation(ModuleNode base, long pairs) {
    return fused
        ? Scripts.module("fused.FusedRotation")
            .with("base", base)
            .with("pairs", pairs)
            .with("threads", threads)
        : base;
  }

  /** Causal scores that read a cache by an op, where they are to. */
  ModuleNode scores(ModuleNode base, AttentionSpec attention) {
    return fused
        ? Scripts.module("fused.FusedScores")
            .with("base", base)
            .with("scale", attention.scale())
            .with("cap", attention.scoreCap())
            .with("window", attention.window())
            .with("threads", threads)
        : base;
  }

  /** A gated feed-forward by an op, which lacks its linears; nothing where there is none. */
  Optional<ModuleNode> gate(FeedForwardSpec.Activation activation) {
    Optional<Long> number =
        switch (activation) {
          case SILU -> Optional.of(0L);
          case GELU_TANH -> Optional.of(1L);
          case RELU, GELU -> Optional.empty();
        };
    return number
        .filter(known -> fused)
        .map(
            known ->
                Scripts.module("fused.FusedGatedFeed")
                    .with("activation", known)
                    .with("threads", threads));
  }
}
