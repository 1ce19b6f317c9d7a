package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.config.EnumName;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.LinearSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.sparse.BitmaskWeight;
import dev.assay.engine.weight.sparse.SparseForm;
import dev.assay.engine.weight.sparse.SparseWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stores linears sparsely where that takes fewer bytes than all values do. */
final class SparseMethod implements LayerwiseMethod {
  private final SparseParameters.Form form;

  SparseMethod(SparseParameters parameters) {
    this.form = parameters.form();
  }

  @Override
  public Optional<String> ownOnly() {
    return form == SparseParameters.Form.DENSE
        ? Optional.empty()
        : Optional.of(
            "weights are stored without their zeros in forms of Assay's own; assay export writes those that compressed-tensors has published");
  }

  @Override
  public boolean storesLast() {
    return true;
  }

  @Override
  public boolean takes(String format) {
    return format.equals(LinearSpec.DENSE) || SparseForm.ofFormat(format).isPresent();
  }

  @Override
  public void compress(LayerContext layer) {
    for (LinearGroup group : layer.layout().groups()) {
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          store(layer, scope, linears);
        }
      }
    }
  }

  private void store(LayerContext layer, NDManager scope, List<String> linears) {
    TorchSession torch = layer.torch();
    NDArray weight = layer.weights(scope, linears);
    DType type = layer.storedType(linears.get(0));
    NDArray values = torch.tensors().cast(scope, weight, type);
    // What the type has no place for is refused in the words of all stages.
    if (form == SparseParameters.Form.DENSE || !torch.tensors().isFinite(values)) {
      layer.storeDense(linears, weight, null);
      return;
    }
    SparseWeight mask = BitmaskWeight.of(torch, scope, values);
    long nonzero = mask.values().getShape().size();
    long out = mask.outFeatures();
    long in = mask.inFeatures();
    long dense = out * in * type.bytes();
    Optional<SparseForm> smallest = Optional.empty();
    long least = dense;
    List<String> larger = new ArrayList<>();
    for (SparseForm each : form.forms()) {
      Optional<String> misfit = each.misfit(torch, values);
      long bytes = each.bytes(out, in, nonzero, type);
      if (misfit.isPresent() || bytes >= dense) {
        larger.add(
            misfit.orElse(
                "%s takes %d bytes, all values %d".formatted(each.format(), bytes, dense)));
      } else if (bytes < least) {
        least = bytes;
        smallest = Optional.of(each);
      }
    }
    if (smallest.isEmpty()) {
      leave(layer, linears, weight, larger);
      return;
    }
    StoredWeight stored =
        smallest.get() == mask.form() ? mask : smallest.get().of(torch, scope, values);
    layer.store(linears, stored, null);
  }

  /** Value by value: what auto finds to be smallest, and another form than one that was named. */
  private void leave(
      LayerContext layer, List<String> linears, NDArray weight, List<String> larger) {
    if (form == SparseParameters.Form.AUTO) {
      layer.storeDense(linears, weight, "no sparse form is smaller: " + larger.get(1));
      return;
    }
    layer.substitute(
        linears, new Substitution(EnumName.of(form), "stored value by value", larger.get(0)));
    layer.storeDense(linears, weight, null);
  }
}
