package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.weight.LinearModules;
import dev.assay.engine.weight.LinearPreparer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A layer's values that are given by name.
 *
 * @param layer what it is
 * @param values float32, see {@link dev.assay.engine.model.LayerWeights#values}; those of linears
 *     that are made otherwise not needed
 */
record NamedValues(LayerSpec layer, Map<String, NDArray> values) {
  /** A norm or the like; nothing where the layer has none. */
  @Nullable NDArray module(LayerModule which) {
    String name = layer.layout().modules().get(which);
    if (name == null) {
      return null;
    }
    return which.optional() ? values.get(name) : required(name);
  }

  /** The bias of a norm; nothing where it has none. */
  @Nullable NDArray moduleBias(LayerModule which) {
    return layer.layout().bias(which).map(this::required).orElse(null);
  }

  /** Linears side by side, each behind what treats its input, with its bias added. */
  ModuleNode side(
      NDManager owner,
      LinearPreparer preparer,
      LinearGroup group,
      Function<Linear, ModuleNode> without) {
    List<ModuleNode> parts = new ArrayList<>();
    for (Linear linear : group.parts()) {
      ModuleNode plain = without.apply(linear);
      ModuleNode biased =
          linear.biased() ? LinearModules.biased(plain, required(linear.biasName())) : plain;
      parts.add(preparer.behind(owner, layer.linear(linear.name()).input(), biased));
    }
    return parts.size() == 1
        ? parts.get(0)
        : LinearModules.module("JoinedLinear").with("parts", parts);
  }

  /** A value that has to be there. */
  NDArray required(String name) {
    NDArray value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no weight given for '" + name + "'");
    }
    return value;
  }
}
