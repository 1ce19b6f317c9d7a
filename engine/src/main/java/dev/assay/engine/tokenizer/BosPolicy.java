package dev.assay.engine.tokenizer;

/** Where the token that begins a sequence is put; part of the protocol. */
public enum BosPolicy {
  /** Nowhere: the text's own tokens alone. */
  NONE,
  /** Once in front of the whole text, so in the first window at most. */
  FIRST,
  /** In front of each window or sample, as its first token. */
  EVERY
}
