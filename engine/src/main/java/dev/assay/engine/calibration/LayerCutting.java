package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerCut;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Takes heads and channels out of a layer's values. */
final class LayerCutting {
  private final TorchSession torch;
  private final NDManager scope;
  private final LayerSpec before;
  private final LayerState state;
  private final LinearStore store;
  private final LayerStorage storage;

  /**
   * @param scope that what is left belongs to
   * @param before what the layer is
   */
  LayerCutting(
      TorchSession torch,
      NDManager scope,
      LayerSpec before,
      LayerState state,
      LinearStore store,
      LayerStorage storage) {
    this.torch = torch;
    this.scope = scope;
    this.before = before;
    this.state = state;
    this.store = store;
    this.storage = storage;
  }

  /**
   * Cuts, and stores what is left.
   *
   * @param weights of linears that are to have other values than those that they had, what is left
   *     of them alone
   * @param biases what is to be added to the outputs of linears, float32 [out]
   * @return what the layer has become
   */
  LayerSpec cut(
      LayerCut cut,
      Map<String, NDArray> weights,
      Map<String, NDArray> biases,
      @Nullable String note) {
    List<LinearGroup> groups = before.layout().groups();
    for (int i = 0; i < groups.size(); i++) {
      for (Linear linear : groups.get(i).parts()) {
        Optional<long[]> rows = cut.rows(before, i, linear);
        Optional<long[]> columns = cut.columns(before, i);
        if (rows.isPresent() || columns.isPresent()) {
          weight(linear, rows, columns, weights.get(linear.name()), note);
        }
        bias(linear, rows, biases.get(linear.name()));
      }
    }
    if (cut.cutsChannels(before)) {
      divisors(cut);
    }
    return cut.of(before).withBiases(biases.keySet());
  }

  private void weight(
      Linear linear,
      Optional<long[]> rows,
      Optional<long[]> columns,
      @Nullable NDArray other,
      @Nullable String note) {
    long[] keptRows = rows.orElseGet(() -> all(linear.outFeatures()));
    long[] keptColumns = columns.orElseGet(() -> all(linear.inFeatures()));
    try (NDManager selecting = scope.newSubManager()) {
      NDArray left = other;
      if (left == null) {
        NDArray some = state.unstored(linear.name());
        some = rows.isPresent() ? WeightRows.select(torch, selecting, some, keptRows) : some;
        left = columns.isPresent() ? WeightRows.columns(torch, selecting, some, keptColumns) : some;
      }
      store.storeCut(linear.name(), left, keptRows, keptColumns, note);
    }
  }

  private static long[] all(long count) {
    return LongStream.range(0, count).toArray();
  }

  private void bias(Linear linear, Optional<long[]> rows, @Nullable NDArray added) {
    String name = linear.biasName();
    NDArray bias = linear.biased() ? state.unstored(name) : null;
    if (bias != null && rows.isPresent()) {
      NDArray left = WeightRows.select(torch, scope, bias, rows.get());
      state.replace(name, storage.rounded(scope, name, left), false);
    } else if (added != null) {
      try (NDManager adding = scope.newSubManager()) {
        NDArray sum = bias == null ? added : bias.add(added);
        sum.attach(adding);
        state.replace(name, storage.rounded(scope, name, sum), false);
      }
    }
  }

  private void divisors(LayerCut cut) {
    String name = before.layout().modules().get(LayerModule.ACTIVATION);
    NDArray divisors = name == null ? null : state.values().get(name);
    if (name != null && divisors != null) {
      long[] kept = cut.channels().get(0).stream().mapToLong(Integer::longValue).toArray();
      state.replace(name, WeightRows.select(torch, scope, divisors, kept), false);
    }
  }
}
