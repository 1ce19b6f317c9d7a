package dev.assay.harness.dataset;

/** Whether a token that begins a sequence is put in front of a text; part of the protocol. */
public enum BosPolicy {
  /** The text's own tokens alone. */
  NONE,
  /** One BOS in front of the whole text, so in the first window only. */
  FIRST
}
