package dev.assay.engine.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * The parts of a decoder layer by name, the groups in the order of the forward pass.
 *
 * @param attentionInput the query, key and value projections, in this order
 * @param attentionOutput the output projection
 * @param feedForwardInput the gate and up projections, in this order
 * @param feedForwardOutput the down projection
 * @param inputNorm norm before attention
 * @param feedForwardNorm norm before the feed-forward
 */
public record LayerLayout(
    LinearGroup attentionInput,
    LinearGroup attentionOutput,
    LinearGroup feedForwardInput,
    LinearGroup feedForwardOutput,
    String inputNorm,
    String feedForwardNorm) {

  /** The four groups in the order of the forward pass. */
  public List<LinearGroup> groups() {
    return List.of(attentionInput, attentionOutput, feedForwardInput, feedForwardOutput);
  }

  /** All linears in the order of the forward pass. */
  public Stream<String> linears() {
    return groups().stream().flatMap(group -> group.linears().stream());
  }

  /** Both norms in the order of the forward pass. */
  public List<String> norms() {
    return List.of(inputNorm, feedForwardNorm);
  }
}
