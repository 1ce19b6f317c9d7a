package dev.assay.engine.model;

/** The module whose output shows what a change to linears does. */
public enum Inspected {
  /** The whole attention, from its normed input to its output projection. */
  ATTENTION,
  /** The whole feed-forward, with all experts. */
  FEED_FORWARD,
  /** Both, where they read the same norm. */
  BOTH,
  /** The whole layer, given the group's input in place of its own. */
  LAYER,
  /** The linears of the group alone. */
  LINEARS
}
