package dev.assay.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * The feed-forward of a transformer's layers.
 *
 * @param intermediateSize its width; that of one expert where there are several
 * @param activation its non-linearity
 * @param gated whether the activated half is multiplied by another (Shazeer 2020)
 * @param experts number of experts; 1 where there is no router
 * @param expertsPerToken experts that a token goes through
 * @param skipping which of those it skips; null for none
 */
public record FeedForwardSpec(
    int intermediateSize,
    Activation activation,
    boolean gated,
    int experts,
    int expertsPerToken,
    @Nullable Skipping skipping) {
  /**
   * A token skips what the router likes far less than the first of its experts.
   *
   * @param below an expert is skipped whose probability is less than this share of the first's
   * @param expertsPerToken experts that a token then goes through on average, as was measured
   */
  public record Skipping(double below, double expertsPerToken) {
    public Skipping {
      if (!(below > 0 && below <= 1)) {
        throw new IllegalArgumentException(
            "skip_below: found " + below + ", expected more than 0 and at most 1");
      }
      if (!(expertsPerToken >= 1 && expertsPerToken <= MOST_EXPERTS)) {
        throw new IllegalArgumentException(
            "mean_experts_per_token: found " + expertsPerToken + ", expected at least 1");
      }
    }
  }

  /** The non-linearities. */
  public enum Activation {
    SILU(false),
    RELU(true),
    /** With the error function. */
    GELU(false),
    /** By the hyperbolic tangent. */
    GELU_TANH(false);

    private final boolean homogeneous;

    Activation(boolean homogeneous) {
      this.homogeneous = homogeneous;
    }

    /** Whether a positive factor passes through it. */
    public boolean homogeneous() {
      return homogeneous;
    }

    /**
     * The activation that configurations call by a name.
     *
     * @param key the configuration's key, for the message
     * @throws IllegalArgumentException if none has that name
     */
    public static Activation of(String key, String name) {
      return switch (name) {
        case "silu", "swish" -> SILU;
        case "relu" -> RELU;
        case "gelu" -> GELU;
        case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> GELU_TANH;
        default ->
            throw new IllegalArgumentException(
                key
                    + ": found '"
                    + name
                    + "', expected one of [silu, relu, gelu, gelu_new, gelu_pytorch_tanh]");
      };
    }
  }

  private static final int MOST_EXPERTS = 1 << 12;

  public FeedForwardSpec {
    StackSpec.within("intermediate_size", intermediateSize, StackSpec.MOST_WIDTH);
    StackSpec.within("num_local_experts", experts, MOST_EXPERTS);
    StackSpec.positive("num_experts_per_tok", expertsPerToken);
    if (expertsPerToken > experts) {
      throw new IllegalArgumentException(
          "num_experts_per_tok: found " + expertsPerToken + ", expected at most " + experts);
    }
    if (skipping != null && skipping.expertsPerToken() > expertsPerToken) {
      throw new IllegalArgumentException(
          "mean_experts_per_token: found "
              + skipping.expertsPerToken()
              + ", expected at most "
              + expertsPerToken);
    }
  }

  /** One whose tokens skip no experts. */
  public FeedForwardSpec(
      int intermediateSize,
      Activation activation,
      boolean gated,
      int experts,
      int expertsPerToken) {
    this(intermediateSize, activation, gated, experts, expertsPerToken, null);
  }

  /** The same of another width. */
  public FeedForwardSpec withIntermediateSize(int other) {
    return new FeedForwardSpec(other, activation, gated, experts, expertsPerToken, skipping);
  }

  /** A feed-forward without experts. */
  public static FeedForwardSpec dense(int intermediateSize, Activation activation, boolean gated) {
    return new FeedForwardSpec(intermediateSize, activation, gated, 1, 1);
  }

  /** The same with other numbers of experts, none of which a token skips. */
  public FeedForwardSpec withExperts(int number, int perToken) {
    return new FeedForwardSpec(intermediateSize, activation, gated, number, perToken);
  }

  /** The same whose tokens skip experts, or none. */
  public FeedForwardSpec with(@Nullable Skipping other) {
    return new FeedForwardSpec(
        intermediateSize, activation, gated, experts, expertsPerToken, other);
  }

  /** Experts that a token goes through on average. */
  public double meanExperts() {
    return skipping == null ? expertsPerToken : skipping.expertsPerToken();
  }
}
