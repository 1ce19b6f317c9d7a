package dev.assay.engine.model;

/** What produces the input of a group of linears, and can take up a factor per input feature. */
public sealed interface Source {
  /** A norm, whose weight can be divided. */
  record Norm(String name) implements Source {}

  /** Another linear whose outputs pass through element-wise, so that its rows can be divided. */
  record Linear(String name) implements Source {}
}
