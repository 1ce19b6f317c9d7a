package dev.assay.engine.microscale;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that store weights in small blocks under scales of few bits. */
public final class MicroscaleStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "mx",
            "Round to numbers of 4 to 8 bits in blocks of 32 under powers of two",
            MxParameters.class,
            parameters -> new MxMethod(parameters.rounding(), parameters.activations())),
        new StageType<>(
            "mxfp4",
            "Round to floats of 4 bits in blocks of 32 under powers of two",
            Mxfp4Parameters.class,
            parameters -> new MxMethod(parameters.rounding(), parameters.activations())),
        new StageType<>(
            "nvfp4",
            "Round to floats of 4 bits in blocks of 16 under floats of 8 bits",
            Nvfp4Parameters.class,
            Nvfp4Method::new));
  }
}
