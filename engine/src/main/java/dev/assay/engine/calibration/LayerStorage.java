package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
  private final StorageChoice storage;
  private final boolean rounds;

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
    this.torch = torch;
    this.errors = torch.script(LayerStorage.class, "errors.py");
    this.layout = layout;
    this.reported = reported;
    this.types = Map.copyOf(types);
    this.storage = storage;
    this.rounds = rounds;
  }

  /**
   * A weight in its stored form.
   *
   * @param note what is unusual about it
   */
  record Kept<W>(W weight, @Nullable String note) {}

  /** The type in which a value is stored where it stays dense. */
  DType type(String name) {
    DType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException("layer " + reported + " has no '" + name + "'");
    }
    return type;
  }

  private DType kept(String name) {
    return rounds ? type(name) : DType.FLOAT32;
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
   * A quantized weight in the layout that other tools load, see {@link StorageChoice}, its scales
   * in the type that holds them, see {@link ScaleType}.
   *
   * @throws BadInputException if a scale is beyond float32
   */
  Kept<QuantizedWeight> quantized(NDManager owner, String linear, QuantizedWeight weight) {
    DType type = holdsZeros(weight) ? ScaleType.of(errors, weight, type(linear)) : DType.FLOAT32;
    if (!torch.tensors().isFinite(weight.scales())) {
      throw tooLarge(linear, "scale", Double.POSITIVE_INFINITY, DType.FLOAT32);
    }
    long out = layout.storedRows(layout.linear(linear));
    StorageChoice.Choice choice = storage.of(weight.grid(), out, weight.inFeatures());
    boolean widened = type == DType.FLOAT32 && type(linear) != DType.FLOAT32;
    QuantizedWeight kept =
        new QuantizedWeight(
            attached(owner, weight.codes()),
            torch.tensors().cast(owner, weight.scales(), type),
            zeros(owner, weight, type),
            attached(owner, weight.groupIndex()),
            choice.grid());
    return new Kept<>(
        kept, joined(choice.note(), widened ? "scales in float32: beyond float16's range" : null));
  }

  /** Whether float16 holds zeros that are no whole numbers, where they are stored as scales are. */
  private boolean holdsZeros(QuantizedWeight weight) {
    if (weight.grid().layout() != GridForm.Layout.REAL_ZEROS) {
      return true;
    }
    try (NDManager scope = weight.zeros().getManager().newSubManager()) {
      return torch.tensors().isFinite(torch.tensors().cast(scope, weight.zeros(), DType.FLOAT16));
    }
  }

  /** As they will be stored: zeros that are no whole numbers in the type of the scales. */
  private NDArray zeros(NDManager owner, QuantizedWeight weight, DType type) {
    if (weight.grid().layout() != GridForm.Layout.REAL_ZEROS || type == DType.FLOAT32) {
      return attached(owner, weight.zeros());
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray stored = torch.tensors().cast(scope, weight.zeros(), type);
      return torch.tensors().cast(owner, stored, DType.FLOAT32);
    }
  }

  private static NDArray attached(NDManager owner, NDArray tensor) {
    tensor.attach(owner);
    return tensor;
  }

  /** Several notes as one. */
  static @Nullable String joined(@Nullable String... notes) {
    String joined = Stream.of(notes).filter(Objects::nonNull).collect(Collectors.joining("; "));
    return joined.isEmpty() ? null : joined;
  }

  private BadInputException tooLarge(String linear, String what, double found, DType type) {
    return new BadInputException(
        "layer %d, %s: found a %s of magnitude %.4g, expected at most %.4g, the limit of %s"
            .formatted(reported, linear, what, found, type.greatest(), type.label()));
  }
}
