package dev.assay.engine.cache;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.util.List;

/**
 * Has every layer that remembers tokens keep keys and values by one scheme, which needs no text;
 * weights stay as they are.
 */
final class CacheMethod implements WholeModelMethod {
  private final CacheScheme scheme;

  CacheMethod(CacheScheme scheme) {
    this.scheme = scheme;
  }

  @Override
  public boolean keepsCaches() {
    return true;
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    CachingLayers.require(spec, scheme::requireFits);
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    requireFits(model.spec());
    CachingLayers.keep(model, scheme);
    return List.of();
  }
}
