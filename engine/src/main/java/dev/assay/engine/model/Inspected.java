package dev.assay.engine.model;

/** The module whose output shows what a change to a group of linears does. */
public enum Inspected {
  /** The whole attention, from its normed input to its output projection. */
  ATTENTION,
  /** The whole feed-forward. */
  FEED_FORWARD,
  /** The linears alone. */
  LINEARS
}
