package dev.assay.engine.quantize;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.working.WorkingModel;
import java.util.List;

/**
 * Has every layer that sees what came before keep keys and values in fewer bits; weights stay as
 * they are.
 */
final class KvCacheMethod implements WholeModelMethod {
  private final CacheScheme scheme;

  KvCacheMethod(KvCacheParameters parameters) {
    this.scheme = new CacheScheme.PerToken(parameters.keyBits(), parameters.valueBits());
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    boolean any = false;
    for (int stack = 0; stack < model.spec().stacks().size(); stack++) {
      for (int layer = 0; layer < model.stack(stack).depth(); layer++) {
        if (!model.stack(stack).layer(layer).attention().causal()) {
          continue;
        }
        try {
          scheme.requireFits(model.stack(stack).layer(layer).attention().headDimension());
        } catch (IllegalArgumentException e) {
          throw new BadInputException("kv-cache: layer " + layer + ": " + e.getMessage(), e);
        }
        model.reshape(stack, layer, spec -> spec.with(scheme));
        any = true;
      }
    }
    if (!any) {
      throw new BadInputException(
          "kv-cache: found no layer that remembers tokens, expected a model that continues text");
    }
    return List.of();
  }
}
