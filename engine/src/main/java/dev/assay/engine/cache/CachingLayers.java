package dev.assay.engine.cache;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.working.WorkingModel;

/** The layers of a model that remember tokens, which are those that see no later ones. */
public final class CachingLayers {
  private CachingLayers() {}

  /** Looks at an attention. */
  public interface Check {
    /**
     * @throws IllegalArgumentException if it is not as it should be
     */
    void require(AttentionSpec attention);
  }

  static boolean is(LayerSpec layer) {
    return layer.attention().causal();
  }

  /** Has all of them keep keys and values by one scheme. */
  public static void keep(WorkingModel model, CacheScheme scheme) {
    for (int stack = 0; stack < model.spec().stacks().size(); stack++) {
      for (int layer = 0; layer < model.stack(stack).depth(); layer++) {
        if (is(model.stack(stack).layer(layer))) {
          model.reshape(stack, layer, spec -> spec.with(scheme));
        }
      }
    }
  }

  /**
   * Looks at all of them.
   *
   * @throws BadInputException if one is not as it should be, naming it, or if there is none
   */
  public static void require(ModelSpec spec, Check check) {
    boolean any = false;
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        if (!is(stack.layer(layer))) {
          continue;
        }
        any = true;
        try {
          check.require(stack.layer(layer).attention());
        } catch (IllegalArgumentException e) {
          throw new BadInputException("layer " + layer + ": cache: " + e.getMessage(), e);
        }
      }
    }
    if (!any) {
      throw new BadInputException(
          "found no layer that remembers tokens, expected a model that continues text");
    }
  }
}
