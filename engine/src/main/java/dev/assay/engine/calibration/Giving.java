package dev.assay.engine.calibration;

import dev.assay.engine.model.LayerSpec;
import java.util.Set;

/** Which linears of a layer have parameters to give. */
@FunctionalInterface
public interface Giving {
  /** All that a stage works on. */
  Giving ALL = (layer, selected) -> selected;

  /**
   * Those of a layer, by name.
   *
   * @param selected what the stage works on
   */
  Set<String> of(LayerSpec layer, Set<String> selected);
}
