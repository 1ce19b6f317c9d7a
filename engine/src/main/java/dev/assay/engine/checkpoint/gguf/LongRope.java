package dev.assay.engine.checkpoint.gguf;

import java.util.Set;

/**
 * What {@code longrope} has beside its factors (Ding et al. 2024).
 *
 * @param original length up to which the short factors hold
 * @param attention factor of sines and cosines
 */
record LongRope(int original, double attention) {
  static final String ORIGINAL = "original_max_position_embeddings";
  private static final Set<String> TYPES = Set.of("longrope", "su");

  static boolean isOne(ModelConfig config) {
    return TYPES.contains(config.ropeType());
  }

  /** That of a configuration, which states the length in one of two places or in none. */
  static LongRope of(ModelConfig config) {
    ModelConfig rope = config.rope();
    long context = config.positions("max_position_embeddings");
    boolean stated = rope.has(ORIGINAL) || config.has(ORIGINAL);
    int otherwise = (int) Math.min(context, Integer.MAX_VALUE);
    int original = rope.whole(ORIGINAL, config.whole(ORIGINAL, otherwise));
    double stretch = stated ? (double) context / original : rope.real("factor", 1);
    double attention = rope.real("attention_factor", attention(stretch, original));
    return new LongRope(original, attention);
  }

  /** The factor of attention that follows from how far a context is stretched. */
  static double attention(double stretch, double original) {
    return stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(original));
  }
}
