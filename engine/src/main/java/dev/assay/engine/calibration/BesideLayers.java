package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.LayerChanges;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rounds what a stage selects beside the layers. A head is stored as the layers' linears are; an
 * embedding, which other tools look for value by value, in a layout of our own.
 */
final class BesideLayers {
  private final TorchSession torch;
  private final WorkingModel model;
  private final QuantizedStorage storage;

  BesideLayers(TorchSession torch, WorkingModel model, StorageChoice storage) {
    this.torch = torch;
    this.model = model;
    this.storage = new QuantizedStorage(torch, storage);
  }

  /** Rounds what is selected; the stage before may have changed it. */
  List<LinearOutcome> round(Selection selection, GridRounding rounding) {
    List<LinearOutcome> outcomes = new ArrayList<>();
    for (Beside which : selection.beside()) {
      outcomes.add(round(which, rounding));
    }
    return outcomes;
  }

  /** Makes the head a product of two where it is selected. */
  Optional<LinearOutcome> factor(Selection selection, HeadFactoring factoring) {
    if (!selection.beside().contains(Beside.HEAD)) {
      return Optional.empty();
    }
    String prefix = Beside.HEAD.prefix(model.spec());
    LayerOutcomes outcomes = new LayerOutcomes(torch, LinearOutcome.BESIDE);
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray values = model.before().linear(scope, prefix).dequantize(torch, scope);
      DType type = model.type(model.checkpoint().valueType(prefix));
      Optional<LowRankWeight> factors = factoring.factor(torch, scope, values);
      StoredWeight stored =
          factors
              .<StoredWeight>map(found -> found.narrowed(torch, scope, type))
              .orElseGet(() -> new DenseWeight(torch.tensors().cast(scope, values, type), type));
      outcomes.add(
          Beside.HEAD.word(),
          values,
          stored.dequantize(torch, scope),
          stored,
          null,
          factors.isPresent() ? null : "left whole",
          List.of(),
          null);
      if (factors.isPresent()) {
        model.putBeside(new LayerChanges(Map.of(), Map.of(prefix, stored)));
      }
    }
    return Optional.of(outcomes.all().get(0));
  }

  private LinearOutcome round(Beside which, GridRounding rounding) {
    String prefix = which.prefix(model.spec());
    LayerOutcomes outcomes = new LayerOutcomes(torch, LinearOutcome.BESIDE);
    try (NDManager scope = torch.manager().newSubManager()) {
      // What an interrupted run put is not to be rounded once more.
      NDArray stored =
          model.before().tensor(scope, prefix + ".weight", new Shape(which.shape(model.spec())));
      NDArray values = torch.tensors().cast(scope, stored, DType.FLOAT32);
      DType type = model.type(model.checkpoint().valueType(prefix));
      QuantizedWeight rounded = rounding.round(torch, scope, values);
      QuantizedStorage.Kept kept =
          which == Beside.EMBEDDING
              ? storage.own(scope, rounded, type)
              : storage.of(scope, rounded, type, rounded.outFeatures());
      outcomes.add(
          which.word(),
          values,
          kept.weight().dequantize(torch, scope),
          kept.weight(),
          null,
          kept.note(),
          kept.substitutions(),
          null);
      model.putBeside(new LayerChanges(Map.of(), Map.of(prefix, kept.weight())));
    }
    return outcomes.all().get(0);
  }
}
