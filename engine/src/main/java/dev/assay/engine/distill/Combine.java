package dev.assay.engine.distill;

/** How several teachers become one; the order is that of {@code soft_targets.SoftTargets}. */
public enum Combine {
  /** The mean of their logits, before the temperature. */
  LOGITS,
  /** The mean of their probabilities under the temperature. */
  PROBABILITIES,
  /** Not at all: the mean of the divergences from each. */
  LOSSES
}
