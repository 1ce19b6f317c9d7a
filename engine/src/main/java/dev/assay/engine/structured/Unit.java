package dev.assay.engine.structured;

/** What a layer can be made narrower by. */
enum Unit {
  /** Heads of attention, with the key and value head that serves them. */
  HEADS,
  /** Channels of the feed-forward. */
  CHANNELS
}
