package dev.assay.engine.weight;

/**
 * Static grids by the conventions of published codes, whose elementary steps are float32; see
 * {@link IntegerRule}.
 */
final class StaticGrids {
  private static final float LEAST = 1e-5f;
  private static final float EPSILON = 0x1p-23f;

  private StaticGrids() {}

  static StaticInput of(
      int bits, float least, float greatest, boolean symmetric, IntegerRule rule) {
    int half = 1 << (bits - 1);
    float magnitude = Math.max(-least, greatest);
    return switch (rule) {
      case SMOOTHQUANT ->
          symmetric
              ? new StaticInput(bits, Math.max(LEAST, magnitude) / (half - 1), half)
              : added(bits, least, greatest, LEAST, false);
      case COMPRESSED_TENSORS ->
          symmetric
              ? new StaticInput(bits, guarded(magnitude / (half - 0.5f), EPSILON), half)
              : added(bits, least, greatest, EPSILON, true);
      case TORCHAO, TORCHAO_FINE -> {
        float smallest = (float) rule.least();
        yield symmetric
            ? new StaticInput(bits, Math.max(magnitude / (half - 0.5f), smallest), half)
            : added(bits, least, greatest, smallest, false);
      }
      case ZEROQUANT ->
          symmetric
              ? new StaticInput(bits, guarded(2 * magnitude / (2 * half), EPSILON), half)
              : shifted(bits, guarded((greatest - least) / (2 * half), EPSILON), least);
      case QSERVE, BITNET ->
          throw new IllegalArgumentException("the rule " + rule.label() + " has no static grids");
    };
  }

  /** A grid over the range with a code for 0. */
  private static StaticInput added(
      int bits, float least, float greatest, float smallest, boolean zeroFirst) {
    int top = (1 << bits) - 1;
    float scale = guarded((greatest - least) / top, smallest);
    double zero = Math.max(0, Math.min(top, Math.rint(-least / scale)));
    return new StaticInput(bits, scale, (int) zero, zeroFirst);
  }

  /** A grid whose first code is the least value, which may be above 0. */
  private static StaticInput shifted(int bits, float scale, float least) {
    return new StaticInput(bits, scale, (int) -Math.rint(least / scale), true);
  }

  private static float guarded(float scale, float smallest) {
    return scale < smallest ? smallest : scale;
  }
}
