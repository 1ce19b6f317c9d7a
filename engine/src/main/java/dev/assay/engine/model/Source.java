package dev.assay.engine.model;

/** What makes an activation, and can take up a factor for each of its channels. */
public sealed interface Source {
  /** A norm, whose weight and bias can be divided. */
  record Norm(LayerModule module) implements Source {}

  /**
   * A norm that feeds a router and all experts: its weight and bias can be divided where the
   * router's columns are multiplied with those of the experts' linears.
   */
  record RoutedNorm(LayerModule module) implements Source {}

  /** An activation function, whose output can be divided: {@link LayerModule#ACTIVATION}. */
  record Activation() implements Source {}

  /** A linear whose outputs pass through element-wise, so that its rows can be divided. */
  record Rows(String name) implements Source {}
}
