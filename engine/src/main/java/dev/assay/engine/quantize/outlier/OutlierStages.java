package dev.assay.engine.quantize.outlier;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that keep a few weights more precisely than the others. */
public final class OutlierStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "billm",
            "Leave weights one or two signs, columns making up for the error (arXiv 2402.04291)",
            BillmParameters.class,
            BillmMethod::new),
        new StageType<>(
            "spqr",
            "Quantize column by column with quantized scales, and keep outliers (arXiv 2306.03078)",
            SpqrParameters.class,
            SpqrMethod::new));
  }
}
