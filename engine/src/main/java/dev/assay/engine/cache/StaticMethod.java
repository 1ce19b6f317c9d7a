package dev.assay.engine.cache;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.CacheTable;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.StaticCache;
import dev.assay.engine.model.StaticGrid;

/** Fits grids of keys and of values to what calibration leaves in a cache, layer by layer. */
final class StaticMethod implements LayerwiseMethod {
  private final StaticParameters parameters;

  StaticMethod(StaticParameters parameters) {
    this.parameters = parameters;
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
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    // Of any range: widths are what may not fit.
    CacheTable one = CacheTable.of(1);
    CachingLayers.require(
        spec,
        attention ->
            new StaticCache(
                    new StaticGrid(form(), parameters.keyBits(), one, CacheTable.of(0)),
                    new StaticGrid(form(), parameters.valueBits(), one, CacheTable.of(0)))
                .requireFits(attention));
  }

  private StaticGrid.Form form() {
    return parameters.format() == KvCacheParameters.Format.FP8
        ? StaticGrid.Form.FP8
        : StaticGrid.Form.INT;
  }

  @Override
  public void compress(LayerContext layer) {
    if (!CachingLayers.is(layer.spec())) {
      return;
    }
    AttentionSpec attention = layer.spec().attention();
    int heads = attention.keyValueHeads();
    StaticRange keys = new StaticRange(shares(heads));
    StaticRange values = new StaticRange(shares(heads));
    layer.keysAndValues(
        false,
        kv -> {
          float[] least = ends(kv, true);
          float[] greatest = ends(kv, false);
          for (int head = 0; head < heads; head++) {
            int share = parameters.share() == StaticParameters.Share.HEAD ? head : 0;
            keys.see(share, least[head], greatest[head]);
            values.see(share, least[heads + head], greatest[heads + head]);
          }
        });
    layer.keep(
        new StaticCache(grid(keys, parameters.keyBits()), grid(values, parameters.valueBits())));
  }

  private int shares(int heads) {
    return parameters.share() == StaticParameters.Share.HEAD ? heads : 1;
  }

  private StaticGrid grid(StaticRange range, int bits) {
    return form() == StaticGrid.Form.FP8
        ? range.floats()
        : range.steps(bits, parameters.symmetric());
  }

  /** The least or the greatest of each head's numbers. */
  private static float[] ends(NDArray kv, boolean least) {
    try (NDManager scope = kv.getManager().newSubManager()) {
      NDArray heads = kv.transpose(1, 0, 2, 3).reshape(kv.getShape().get(1), -1);
      heads.attach(scope);
      int[] axis = {1};
      NDArray ends = least ? heads.min(axis) : heads.max(axis);
      return ends.toFloatArray();
    }
  }
}
