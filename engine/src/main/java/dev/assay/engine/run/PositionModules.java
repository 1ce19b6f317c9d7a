package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Rope;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.ModuleNode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds what tells layers of positions. */
final class PositionModules {
  private PositionModules() {}

  /**
   * What makes the steps of a stack.
   *
   * @param relative float32 [buckets, heads], where distances have learned terms
   */
  static ModuleNode positions(Stack stack, @Nullable NDArray relative) {
    StackSpec spec = stack.spec();
    if (spec.positions() instanceof Positions.Rotary rotary) {
      int switching = rotary.rope().scaling().switchesAfter();
      return Scripts.module("position.RotaryPositions")
          .without("cos")
          .without("sin")
          .without("long_cos")
          .without("long_sin")
          .with("switch", switching > 0 ? switching : Long.MAX_VALUE);
    }
    if (spec.positions() instanceof Positions.Linear) {
      return Scripts.module("position.AlibiPositions").without("biases");
    }
    if (spec.positions() instanceof Positions.Relative buckets) {
      return Scripts.module("position.RelativePositions")
          .with("weight", Objects.requireNonNull(relative, "terms of distances"))
          .with("buckets", buckets.buckets())
          .with("max_distance", buckets.maxDistance())
          .with("causal", stack.layer(0).attention().causal());
    }
    return Scripts.module("position.NoPositions");
  }

  /** What positions do to queries and keys. */
  static ModuleNode rotation(StackSpec spec, StepModules steps) {
    if (!(spec.positions() instanceof Positions.Rotary rotary)) {
      return Scripts.module("position.NoRotation");
    }
    boolean halves = rotary.rope().pairs() == Rope.Pairs.HALVES;
    ModuleNode plain =
        Scripts.module(halves ? "position.HalfRotation" : "position.NeighbourRotation");
    return steps.rotation(plain, halves ? 0 : 1);
  }
}
