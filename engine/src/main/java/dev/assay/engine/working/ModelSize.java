package dev.assay.engine.working;

/**
 * What a model amounts to, by arithmetic on shapes, types and zeros. What several layers or stacks
 * share, as a tied head shares the embedding, counts once.
 *
 * @param parameters numbers that the model is made of, zeros among them: a factored linear has
 *     those of its factors, a quantized one a number for each row and column
 * @param bytes of all that is stored for it, scales and the like included, headers not
 * @param linears the linears of the layers
 * @param compressed those of them that stages were to work on
 */
public record ModelSize(long parameters, long bytes, Linears linears, Compressed compressed) {

  /**
   * The linears of all layers, without biases.
   *
   * @param parameters numbers that are stored
   * @param zeros how many of those are exactly 0
   * @param bytes of all that is stored for them
   */
  public record Linears(long parameters, long zeros, long bytes) {}

  /**
   * Parameters of the linears that stages were to work on, whether these changed them, dropped them
   * or found nothing to take.
   *
   * @param before in the checkpoint that the model came from
   * @param now what is left of them
   */
  public record Compressed(long before, long now) {}
}
