package dev.assay.engine.calibration;

import dev.assay.engine.model.ModelSpec;

/** A method whose extent is said of the whole model, and known of its linears once they are. */
public interface ExtentOfModel {
  /**
   * Makes sure that linears can give or keep as much as is wanted, before anything is read of them.
   *
   * @param parameters of the whole model
   * @throws dev.assay.engine.config.BadInputException if not
   */
  void requireExtent(ModelSpec spec, Selection selection, long parameters);
}
