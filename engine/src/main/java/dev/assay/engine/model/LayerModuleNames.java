package dev.assay.engine.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** Where a layer's norms and the like are in a checkpoint. */
public final class LayerModuleNames {
  private LayerModuleNames() {}

  /** Name of a value to that of its tensor within the layer. */
  public static Map<String, String> of(LayerLayout layout) {
    Map<String, String> names = new LinkedHashMap<>();
    layout
        .modules()
        .forEach(
            (which, name) -> {
              names.put(name, name + which.suffix());
              layout.bias(which).ifPresent(bias -> names.put(bias, bias));
            });
    return names;
  }
}
