package dev.assay.engine.checkpoint.gguf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor's name in a GGUF file, taken apart.
 *
 * @param pattern the module, the layer's number left open
 * @param layer the layer's number, 0 outside layers
 * @param suffix {@code weight} or {@code bias}
 */
record ModuleName(String pattern, int layer, String suffix) {
  private static final Pattern LAYER =
      Pattern.compile("((?:enc\\.|dec\\.)?blk)\\.(0|[1-9]\\d{0,5})\\.(.+)");

  static ModuleName of(String name) {
    int dot = name.lastIndexOf('.');
    String module = name.substring(0, Math.max(dot, 0));
    String suffix = name.substring(dot + 1);
    Matcher matcher = LAYER.matcher(module);
    return matcher.matches()
        ? new ModuleName(
            matcher.group(1) + "." + TensorMapping.LAYER + "." + matcher.group(3),
            Integer.parseInt(matcher.group(2)),
            suffix)
        : new ModuleName(module, 0, suffix);
  }
}
