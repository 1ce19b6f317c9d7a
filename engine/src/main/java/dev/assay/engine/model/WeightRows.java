package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Splits fused weights into linears, row by row, and puts them together again. */
final class WeightRows {
  private final TorchSession torch;
  private final ScriptModule script;

  WeightRows(TorchSession torch) {
    this.torch = torch;
    this.script = torch.script(WeightRows.class, "rows.py");
  }

  /** The weight with the columns and rows exchanged. */
  DenseWeight transpose(NDManager owner, DenseWeight weight) {
    return new DenseWeight(script.call(owner, "transposed", weight.values()), weight.type());
  }

  /** Some rows of a weight, in its own form where that allows it, otherwise dense in float32. */
  StoredWeight select(NDManager owner, StoredWeight weight, long[] indices) {
    if (weight instanceof DenseWeight dense) {
      return new DenseWeight(select(owner, dense.values(), indices), dense.type());
    }
    if (weight instanceof QuantizedWeight quantized) {
      return new QuantizedWeight(
          select(owner, quantized.codes(), indices),
          select(owner, quantized.scales(), indices),
          select(owner, quantized.zeros(), indices),
          quantized.groupIndex(),
          quantized.grid());
    }
    return new DenseWeight(select(owner, weight.dequantize(torch, owner), indices), DType.FLOAT32);
  }

  /** Some rows of a matrix, or elements of a vector. */
  NDArray select(NDManager owner, NDArray tensor, long[] indices) {
    return script.call(owner, "select_rows", tensor, indices);
  }

  /**
   * One weight whose rows are where the linears say.
   *
   * @throws IllegalArgumentException if their forms differ
   */
  StoredWeight join(NDManager owner, List<Linear> parts, List<StoredWeight> weights) {
    if (weights.size() == 1) {
      return weights.get(0);
    }
    if (weights.stream().allMatch(DenseWeight.class::isInstance)) {
      List<DenseWeight> dense = weights.stream().map(DenseWeight.class::cast).toList();
      return new DenseWeight(
          joinRows(owner, parts, dense.stream().map(DenseWeight::values).toList()),
          dense.get(0).type());
    }
    List<QuantizedWeight> quantized = new ArrayList<>();
    for (StoredWeight weight : weights) {
      if (!(weight instanceof QuantizedWeight same)
          || !same.grid().equals(((QuantizedWeight) weights.get(0)).grid())
          || !script.callForBoolean(
              "same", same.groupIndex(), ((QuantizedWeight) weights.get(0)).groupIndex())) {
        throw new IllegalArgumentException(
            "the parts of " + parts.get(0).tensor() + " cannot be stored as one weight");
      }
      quantized.add(same);
    }
    QuantizedWeight first = quantized.get(0);
    return new QuantizedWeight(
        joined(owner, parts, quantized, QuantizedWeight::codes),
        joined(owner, parts, quantized, QuantizedWeight::scales),
        joined(owner, parts, quantized, QuantizedWeight::zeros),
        first.groupIndex(),
        first.grid());
  }

  private NDArray joined(
      NDManager owner,
      List<Linear> parts,
      List<QuantizedWeight> weights,
      Function<QuantizedWeight, NDArray> tensor) {
    return joinRows(owner, parts, weights.stream().map(tensor).toList());
  }

  /** One tensor whose rows are where the linears say. */
  NDArray joinRows(NDManager owner, List<Linear> parts, List<NDArray> tensors) {
    if (tensors.size() == 1) {
      return tensors.get(0);
    }
    List<Long> places = new ArrayList<>();
    for (Linear part : parts) {
      RowBlocks blocks = part.rows();
      if (blocks == null) {
        throw new IllegalArgumentException(part.name() + " shares its tensor but names no rows");
      }
      for (long index : blocks.indices()) {
        places.add(index);
      }
    }
    long[] index = places.stream().mapToLong(Long::longValue).toArray();
    return script.call(owner, "join_rows", tensors, index);
  }
}
