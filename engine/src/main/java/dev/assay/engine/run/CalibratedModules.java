package dev.assay.engine.run;

import dev.assay.engine.torch.LoadedModule;
import dev.assay.engine.torch.ScriptModule;

/**
 * A compiled layer, whatever its weights.
 *
 * @param module a {@code calibration.CalibratedLayer}
 * @param positions what it has been told of positions
 */
record CalibratedModules(LoadedModule module, PositionTables positions) {
  ScriptModule root() {
    return module.script();
  }
}
