package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Brings weights on grids into the form in which an artifact has them. */
final class QuantizedStorage {
  private final TorchSession torch;
  private final ScriptModule errors;
  private final StorageChoice storage;

  QuantizedStorage(TorchSession torch, StorageChoice storage) {
    this.torch = torch;
    this.errors = torch.script(QuantizedStorage.class, "errors.py");
    this.storage = storage;
  }

  /**
   * A weight in its stored form.
   *
   * @param note what is unusual about it
   * @param substitutions where it is not what was asked for
   */
  record Kept(QuantizedWeight weight, @Nullable String note, List<Substitution> substitutions) {}

  /**
   * A weight in the layout that other tools load, see {@link StorageChoice}, its scales in the type
   * that holds them, see {@link ScaleType}.
   *
   * @param type in which the weight was stored before
   * @param rows those of all that is stored as one with it
   * @throws BadInputException if a scale is beyond float32
   */
  Kept of(NDManager owner, QuantizedWeight weight, DType type, long rows) {
    StorageChoice.Choice choice = storage.of(weight.grid(), rows, weight.inFeatures());
    return of(owner, weight, choice, type, scaleType(weight, type));
  }

  /** The same with its scales in float16 only where that holds every one of them exactly. */
  Kept exactly(NDManager owner, QuantizedWeight weight, DType type, long rows) {
    StorageChoice.Choice choice = storage.of(weight.grid(), rows, weight.inFeatures());
    return of(owner, weight, choice, type, ScaleType.exactly(torch, weight, type));
  }

  /** The same of a part of a weight in a form of our own, in which no layout matters. */
  Kept part(NDManager owner, QuantizedWeight weight, DType type) {
    return of(
        owner,
        weight,
        new StorageChoice.Choice(weight.grid(), null),
        type,
        scaleType(weight, type));
  }

  /** The same in our own layout, which no other tool reads. */
  Kept own(NDManager owner, QuantizedWeight weight, DType type) {
    GridForm own = weight.grid().in(GridForm.Layout.REAL_ZEROS);
    QuantizedWeight formed = weight.as(own);
    return of(
        owner,
        formed,
        new StorageChoice.Choice(own, "read by Assay only"),
        type,
        scaleType(formed, type));
  }

  private DType scaleType(QuantizedWeight weight, DType type) {
    return holdsZeros(weight) ? ScaleType.of(errors, weight, type) : DType.FLOAT32;
  }

  private Kept of(
      NDManager owner,
      QuantizedWeight weight,
      StorageChoice.Choice choice,
      DType type,
      DType wanted) {
    // One scale of a whole weight costs nothing.
    boolean single = choice.grid().layout() == GridForm.Layout.BITNET;
    DType scaleType = single ? DType.FLOAT32 : wanted;
    if (!torch.tensors().isFinite(weight.scales())) {
      throw new ArithmeticException("found a scale beyond float32, expected finite ones");
    }
    boolean widened = !single && scaleType == DType.FLOAT32 && type != DType.FLOAT32;
    QuantizedWeight kept =
        new QuantizedWeight(
            attached(owner, weight.codes()),
            torch.tensors().cast(owner, weight.scales(), scaleType),
            zeros(owner, weight, scaleType),
            attached(owner, weight.groupIndex()),
            choice.grid());
    List<Substitution> substitutions = new ArrayList<>();
    partial(weight).ifPresent(substitutions::add);
    if (choice.substitution() != null) {
      substitutions.add(choice.substitution());
    }
    if (widened) {
      substitutions.add(
          new Substitution("scales in float16", "scales in float32", "beyond float16's range"));
    }
    return new Kept(
        kept,
        joined(choice.note(), widened ? "scales in float32: beyond float16's range" : null),
        List.copyOf(substitutions));
  }

  private static Optional<Substitution> partial(QuantizedWeight weight) {
    int size = weight.grid().groupSize();
    long columns = weight.inFeatures();
    if (size == GridForm.PER_CHANNEL || columns % size == 0) {
      return Optional.empty();
    }
    String done = columns < size ? "one group of " + columns : "a last group of " + columns % size;
    return Optional.of(
        new Substitution("groups of " + size, done, columns + " columns are no whole groups"));
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
}
