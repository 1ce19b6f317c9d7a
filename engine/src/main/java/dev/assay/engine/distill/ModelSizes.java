package dev.assay.engine.distill;

/**
 * The sizes of a model that terms have to fit.
 *
 * @param layers how many it has; states are numbered from 0, the embedding's, to this
 * @param hidden width of its states
 * @param vocabulary entries of its logits
 * @param heads attention heads of its queries
 * @param queries width of a token's queries, all heads together
 * @param keys of its keys
 * @param values of its values
 */
public record ModelSizes(
    int layers, int hidden, int vocabulary, int heads, int queries, int keys, int values) {
  public ModelSizes {
    if (layers < 1 || hidden < 1 || vocabulary < 1 || heads < 1) {
      throw new IllegalArgumentException(
          "found %d layers, a width of %d, %d tokens and %d heads, expected at least 1 of each"
              .formatted(layers, hidden, vocabulary, heads));
    }
  }
}
