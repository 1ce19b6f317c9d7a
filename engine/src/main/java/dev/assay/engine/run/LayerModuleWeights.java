package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.ModuleNode;
import org.jspecify.annotations.Nullable;

/** The weights of a layer, in the arithmetic's type, as its modules are built. */
interface LayerModuleWeights {
  /** A norm or the like; nothing where the layer has none. */
  @Nullable NDArray module(LayerModule which);

  /** The bias of a norm; nothing where it has none. */
  @Nullable NDArray moduleBias(LayerModule which);

  /** A shortcut as a {@code linear.Linear}. */
  ModuleNode shortcut(LayerModule which);

  /**
   * The linears of a group as one {@code linear.Linear}.
   *
   * @param index of the group in the layout
   */
  ModuleNode linears(int index, LinearGroup group);

  /**
   * The scores of a layer's own attention as they stand in it.
   *
   * @param scores an {@code attention.Scores}
   */
  default ModuleNode scores(ModuleNode scores) {
    return scores;
  }

  /** A feed-forward of several experts as it stands in its layer. */
  default ModuleNode routed(ModuleNode feed) {
    return feed;
  }
}
