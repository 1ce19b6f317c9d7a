package dev.assay.engine.family;

import dev.assay.engine.model.StackShape;
import java.util.List;
import java.util.stream.IntStream;

/** Reads which layers see only a window of positions. */
final class Windows {
  private static final String KEY = "sliding_window";
  private static final String SLIDING = "sliding_attention";

  private Windows() {}

  /** The same window in all layers, if there is one. */
  static List<Integer> everywhere(Configuration config, int layers) {
    return StackShape.everywhere(config.integer(KEY, 0), layers);
  }

  /** The window in layers from {@code max_window_layers} on, where it is switched on. */
  static List<Integer> upper(Configuration config, int layers) {
    if (!config.flag("use_sliding_window", false)) {
      return StackShape.everywhere(0, layers);
    }
    int first = config.integer("max_window_layers", 28);
    return byType(config, layers, IntStream.range(0, layers).mapToObj(i -> i >= first).toList());
  }

  /** The window in every other layer, the first one included. */
  static List<Integer> alternating(Configuration config, int layers, int window) {
    Configuration known = config.present(KEY) ? config : config.with(KEY, window);
    return byType(known, layers, IntStream.range(0, layers).mapToObj(i -> i % 2 == 0).toList());
  }

  /** {@code layer_types} where the configuration lists them, otherwise as the family has it. */
  private static List<Integer> byType(Configuration config, int layers, List<Boolean> sliding) {
    int window = config.integer(KEY, 0);
    List<String> types = config.texts("layer_types");
    if (!types.isEmpty() && types.size() != layers) {
      throw new IllegalArgumentException(
          "layer_types: found " + types.size() + " entries, expected " + layers);
    }
    return IntStream.range(0, layers)
        .mapToObj(i -> types.isEmpty() ? sliding.get(i) : types.get(i).equals(SLIDING))
        .map(slides -> slides ? window : 0)
        .toList();
  }
}
