package dev.assay.engine.calibration;

import dev.assay.engine.working.WorkingModel;
import java.util.List;

/**
 * A method that looks at the model as a whole: that trains it, searches, or drops layers. It reads
 * the model through {@link WorkingModel#layers} and puts what it changes there; if it is
 * interrupted it begins anew.
 */
public non-sealed interface WholeModelMethod extends CompressionMethod {
  /**
   * Compresses the model.
   *
   * @return what became of its linears, as far as the method tells
   */
  List<LinearOutcome> compress(WorkingModel model, StageContext context);
}
