package dev.assay.engine.calibration;

/**
 * A method whose work on each layer rests on what a look at all of them tells: a threshold for the
 * whole model, or how much each layer is to give. Statistics that it asks for are those of its
 * look.
 */
public non-sealed interface PlannedMethod extends CompressionMethod {
  /**
   * Looks at the model and settles what is to be done.
   *
   * @param survey of the model as it was before the stage
   * @return what then goes through the model layer by layer
   */
  LayerwiseMethod plan(LayerSurvey survey);
}
