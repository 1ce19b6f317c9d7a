package dev.assay.engine.toy;

import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import java.util.ArrayList;
import java.util.List;

/** The stages of this package beside the others. */
public final class ToyStages {
  private ToyStages() {}

  public static StageRegistry registry() {
    List<StageType<?>> types = new ArrayList<>(StageRegistry.load().all());
    types.add(new StageType<>("toy-signs", "signs", Signs.class, stage -> stage));
    types.add(new StageType<>("toy-fold", "fold", Fold.class, stage -> stage));
    types.add(new StageType<>("toy-drop", "drop a layer", DropLayer.class, stage -> stage));
    types.add(new StageType<>("toy-inputs", "round inputs", RoundInputs.class, stage -> stage));
    return new StageRegistry(types);
  }
}
