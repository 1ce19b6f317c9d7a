package dev.assay.engine.cache;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.CacheTable;
import dev.assay.engine.model.KvQuantCache;
import dev.assay.engine.model.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Fits ranges of the channels of keys, and codebooks of keys and of values, to what calibration
 * leaves in a cache, layer by layer. Each number counts alike: the published code weights them by
 * squared gradients of the loss.
 *
 * @see <a href="https://arxiv.org/abs/2401.18079">Hooper et al. 2024, KVQuant</a>
 */
final class KvQuantMethod implements LayerwiseMethod {
  private final KvQuantParameters parameters;

  KvQuantMethod(KvQuantParameters parameters) {
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
    CachingLayers.require(
        spec,
        attention -> {
          KvQuantCache.requireWidth(attention, parameters.keyBits());
          KvQuantCache.requireWidth(attention, parameters.valueBits());
        });
  }

  @Override
  public void compress(LayerContext layer) {
    if (!CachingLayers.is(layer.spec())) {
      return;
    }
    try (NDManager scope = layer.scope().newSubManager()) {
      List<NDArray> keys = new ArrayList<>();
      List<NDArray> values = new ArrayList<>();
      AttentionSpec attention = layer.spec().attention();
      layer.keysAndValues(
          true,
          kv -> {
            keys.add(rows(scope, kv, 0, attention));
            values.add(rows(scope, kv, attention.keyValueHeads(), attention));
          });
      layer.keep(fit(new CachedRows(keys), new CachedRows(values)));
    }
  }

  /** Numbers of all heads side by side, [tokens of all sequences, channels]. */
  private static NDArray rows(NDManager scope, NDArray kv, int from, AttentionSpec attention) {
    int heads = attention.keyValueHeads();
    NDArray rows =
        kv.get(":, %d:%d".formatted(from, from + heads))
            .transpose(0, 2, 1, 3)
            .reshape(-1, attention.keyValueWidth())
            .duplicate();
    rows.attach(scope);
    return rows;
  }

  private KvQuantCache fit(CachedRows keys, CachedRows values) {
    ChannelRanges ranges = ChannelRanges.of(keys, parameters.outliers());
    if (parameters.roundZero()) {
      ranges = ranges.aroundZero(parameters.keyBits());
    }
    ChannelRanges found = ranges;
    return new KvQuantCache(
        codes(parameters.keyBits(), keys, row -> found.places(row)),
        codes(
            parameters.valueBits(),
            values,
            row -> ChannelRanges.placesOfToken(row, parameters.outliers())),
        CacheTable.of(ranges.lower()),
        CacheTable.of(ranges.upper()),
        parameters.outliers(),
        parameters.exact(),
        parameters.roundZero());
  }

  private KvQuantCache.Codes codes(int bits, CachedRows rows, CachedRows.Places places) {
    float[] numbers =
        parameters.codebook() == KvQuantParameters.Source.UNIFORM
            ? new float[0]
            : rows.places(places);
    float[] values = Codebook.uniform(bits);
    // Rows that are all alike say nothing.
    if (numbers.length > 0) {
      Codebook codebook = Codebook.of(numbers);
      values = codebook.fit(codebook.start(1 << bits));
    }
    return new KvQuantCache.Codes(bits, CacheTable.of(values));
  }
}
