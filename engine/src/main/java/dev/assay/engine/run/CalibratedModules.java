package dev.assay.engine.run;

import dev.assay.engine.torch.ScriptModule;

/**
 * A compiled layer, whatever its weights.
 *
 * @param root a {@code calibration.CalibratedLayer}
 * @param positions what it has been told of positions
 */
record CalibratedModules(ScriptModule root, PositionTables positions) {}
