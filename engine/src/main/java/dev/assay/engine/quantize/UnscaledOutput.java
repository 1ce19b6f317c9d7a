package dev.assay.engine.quantize;

import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import java.util.List;
import java.util.Optional;

/**
 * Says of the linear behind attention that its input has no scales, where values cannot take them.
 */
final class UnscaledOutput {
  private UnscaledOutput() {}

  /** What to say of a linear; nothing if it is another one, or is scaled. */
  static Optional<String> note(LayerSpec layer, String linear) {
    LayerLayout layout = layer.layout();
    List<LinearGroup> groups = layout.groups();
    for (int i = 0; i + 1 < groups.size(); i++) {
      boolean behind =
          groups.get(i).roles().contains(LinearGroup.Role.VALUES)
              && groups.get(i + 1).linears().contains(linear);
      if (behind && layout.foldings().stream().noneMatch(each -> each.linears().contains(linear))) {
        return Optional.of(
            groups.get(i).values().rows() != null
                ? "input not scaled: values are made by one weight with queries and keys"
                : "input not scaled: values and this weight differ in shape, as with grouped"
                    + " queries");
      }
    }
    return Optional.empty();
  }
}
