package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Map;
import java.util.Set;

/**
 * Brings what a method made of a layer into the form in which it is kept. What is quantized is kept
 * as the artifact has it; what stays dense in float32 if further stages follow, otherwise in the
 * type of the artifact, so that the layers after it are calibrated on what will run.
 */
final class LayerStorage {
  private final TorchSession torch;
  private final ScriptModule errors;
  private final LayerLayout layout;
  private final int reported;
  private final Map<String, DType> types;
  private final QuantizedStorage storage;
  private final boolean rounds;
  private final Set<String> factors;

  /**
   * @param layout all of the layer's linears
   * @param reported index of the layer in messages
   * @param types types of the artifact by name of a value
   * @param rounds whether dense values are rounded to those types now
   */
  LayerStorage(
      TorchSession torch,
      LayerLayout layout,
      int reported,
      Map<String, DType> types,
      StorageChoice storage,
      boolean rounds) {
    this(torch, layout, reported, types, storage, rounds, Set.of());
  }

  /**
   * The same where factors stand in the place of some linears: parts of forms of our own, which are
   * kept in the artifact's types at once.
   *
   * @param layout all of the layer's linears, with them
   * @param factors their names
   */
  LayerStorage(
      TorchSession torch,
      LayerLayout layout,
      int reported,
      Map<String, DType> types,
      StorageChoice storage,
      boolean rounds,
      Set<String> factors) {
    this.torch = torch;
    this.errors = torch.script(LayerStorage.class, "errors.py");
    this.layout = layout;
    this.reported = reported;
    this.types = Map.copyOf(types);
    this.storage = new QuantizedStorage(torch, storage);
    this.rounds = rounds;
    this.factors = Set.copyOf(factors);
  }

  /** The type in which a value is stored where it stays dense. */
  DType type(String name) {
    DType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException("layer " + reported + " has no '" + name + "'");
    }
    return type;
  }

  private DType kept(String name) {
    return rounds || factors.contains(name) ? type(name) : DType.FLOAT32;
  }

  /**
   * What is left of values that are stored dense, in float32.
   *
   * @throws BadInputException if a value is too large for the type
   */
  NDArray rounded(NDManager owner, String name, NDArray value) {
    try (NDManager rounding = owner.newSubManager()) {
      NDArray rounded = finite(rounding, name, "value", value);
      return torch.tensors().copy(owner, torch.tensors().cast(rounding, rounded, DType.FLOAT32));
    }
  }

  /**
   * A weight value by value.
   *
   * @throws BadInputException if a value is too large for the type
   */
  DenseWeight dense(NDManager owner, String linear, NDArray values) {
    return new DenseWeight(finite(owner, linear, "weight", values), kept(linear));
  }

  private NDArray finite(NDManager owner, String name, String what, NDArray values) {
    DType type = kept(name);
    NDArray cast = torch.tensors().cast(owner, values, type);
    if (!torch.tensors().isFinite(cast)) {
      throw tooLarge(name, what, errors.callForDouble("greatest", values), type);
    }
    return cast;
  }

  /**
   * A quantized weight in the form in which the artifact has it, see {@link QuantizedStorage}.
   *
   * @throws BadInputException if a scale is beyond float32
   */
  QuantizedStorage.Kept quantized(NDManager owner, String linear, QuantizedWeight weight) {
    if (!torch.tensors().isFinite(weight.scales())) {
      throw tooLarge(linear, "scale", Double.POSITIVE_INFINITY, DType.FLOAT32);
    }
    return factors.contains(linear)
        ? storage.part(owner, weight, type(linear))
        : storage.of(owner, weight, type(linear), layout.storedRows(layout.linear(linear)));
  }

  /**
   * The same, its scales in a type that holds them without rounding any.
   *
   * @throws BadInputException if a scale is beyond float32
   */
  QuantizedStorage.Kept exactly(NDManager owner, String linear, QuantizedWeight weight) {
    if (!torch.tensors().isFinite(weight.scales())) {
      throw tooLarge(linear, "scale", Double.POSITIVE_INFINITY, DType.FLOAT32);
    }
    return storage.exactly(owner, weight, type(linear), layout.storedRows(layout.linear(linear)));
  }

  private BadInputException tooLarge(String linear, String what, double found, DType type) {
    return new BadInputException(
        "layer %d, %s: found a %s of magnitude %.4g, expected at most %.4g, the limit of %s"
            .formatted(reported, linear, what, found, type.greatest(), type.label()));
  }
}
