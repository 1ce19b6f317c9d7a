package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes up what a method makes of a layer's linears, and notes of each what became of it: its
 * error, what was done in place of what was asked for, and how many zeros it lost.
 */
final class LinearStore {
  private final TorchSession torch;
  private final NDManager scope;
  private final LayerStorage storage;
  private final LayerStatistics statistics;
  private final LayerOutcomes outcomes;
  private final LayerState state;
  private final ScriptModule errors;
  private final boolean rounds;
  private final Map<String, List<Substitution>> substitutions = new HashMap<>();
  private final Map<String, String> lostZeros = new HashMap<>();

  /**
   * @param scope that what is stored belongs to
   * @param statistics which are freed as linears are stored
   */
  LinearStore(
      TorchSession torch,
      NDManager scope,
      LayerStatistics statistics,
      LayerContext.Results results) {
    this.torch = torch;
    this.scope = scope;
    this.errors = torch.script(LinearStore.class, "errors.py");
    this.statistics = statistics;
    this.storage = results.storage();
    this.outcomes = results.outcomes();
    this.state = results.state();
    this.rounds = results.rounds();
  }

  /** Notes that a linear's weight was replaced by another, which may cost zeros. */
  void replaced(String linear, NDArray before, NDArray after) {
    KeptZeros.lost(torch, before, after).ifPresent(lost -> lostZeros.put(linear, lost));
  }

  /** Stores value by value what several linears are stored in, the rows of one after another. */
  void storeDense(List<String> linears, NDArray values, @Nullable String note) {
    if (linears.size() == 1) {
      storeDense(linears.get(0), values, note);
      return;
    }
    eachPart(
        linears,
        (part, from, to, owner) ->
            storeDense(part, torch.tensors().rows(owner, values, from, to), note));
  }

  /** Stores quantized what several linears are stored in, the rows of one after another. */
  void storeQuantized(List<String> linears, QuantizedWeight weight, @Nullable String note) {
    if (linears.size() == 1) {
      storeQuantized(linears.get(0), weight, note);
      return;
    }
    eachPart(
        linears,
        (part, from, to, owner) ->
            storeQuantized(
                part, weight.rows(torch, owner, LongStream.range(from, to).toArray()), note));
  }

  /**
   * Stores in a form of its own what several linears are stored in, the rows of one after another.
   *
   * @param weight whose tensors may belong to a manager that does not outlive the layer
   */
  void store(List<String> linears, StoredWeight weight, @Nullable String note) {
    long from = 0;
    for (String linear : linears) {
      long to = from + state.unstored(linear).getShape().get(0);
      store(linear, weight.rows(torch, scope, LongStream.range(from, to).toArray()), note);
      from = to;
    }
  }

  /** Takes up some rows of what several linears are stored in. */
  private interface Part {
    void store(String linear, long from, long to, NDManager owner);
  }

  private void eachPart(List<String> linears, Part action) {
    long from = 0;
    for (String linear : linears) {
      long to = from + state.unstored(linear).getShape().get(0);
      try (NDManager rows = scope.newSubManager()) {
        action.store(linear, from, to, rows);
      }
      from = to;
    }
  }

  /**
   * Stores a weight value by value, in the type that the method keeps this one in.
   *
   * @throws BadInputException if a value is too large for the type
   */
  void storeDense(String linear, NDArray values, @Nullable String note) {
    store(linear, storage.dense(scope, linear, values), note);
  }

  /**
   * Stores a quantized weight: in the layout that other tools load, see {@link StorageChoice}, its
   * scales in the type that holds them.
   *
   * @throws BadInputException if a scale is beyond float32
   */
  void storeQuantized(String linear, QuantizedWeight weight, @Nullable String note) {
    QuantizedStorage.Kept kept = storage.quantized(scope, linear, weight);
    kept.substitutions().forEach(each -> substitute(linear, each));
    store(linear, kept.weight(), QuantizedStorage.joined(note, kept.note()));
  }

  /**
   * Says of a linear that is not stored yet that something else is done than the recipe asks for.
   */
  void substitute(String linear, Substitution substitution) {
    substitutions.computeIfAbsent(linear, name -> new ArrayList<>()).add(substitution);
  }

  /**
   * Stores a weight in a form of its own.
   *
   * @param weight whose tensors outlive the layer's scope, or belong to it
   */
  void store(String linear, StoredWeight weight, @Nullable String note) {
    NDArray values = weight.dequantize(torch, scope);
    store(linear, weight, values, values, note);
  }

  /**
   * Stores value by value what is left of a linear of which rows and columns were cut.
   *
   * @param left float32 [rows, columns]
   * @param rows those that are left, rising
   * @param columns those that are left, rising
   */
  void storeCut(String linear, NDArray left, long[] rows, long[] columns, @Nullable String note) {
    DenseWeight weight = storage.dense(scope, linear, left);
    try (NDManager comparing = scope.newSubManager()) {
      NDArray values = weight.dequantize(torch, scope);
      NDArray placed =
          errors.call(comparing, "in_place", state.unstored(linear), values, rows, columns);
      store(linear, weight, values, placed, note);
    }
  }

  /**
   * @param compared values to be compared with those before
   */
  private void store(
      String linear, StoredWeight weight, NDArray values, NDArray compared, @Nullable String note) {
    NDArray before = state.unstored(linear);
    String all = withLostZeros(linear, before, compared, note);
    Substitutions.of(note, rounds && weight.isDense(), storage.type(linear))
        .ifPresent(each -> substitute(linear, each));
    List<Substitution> instead = substitutions.getOrDefault(linear, List.of());
    outcomes.add(
        linear,
        before,
        compared,
        weight,
        statistics.hessian(linear),
        all,
        instead,
        statistics.tokens(linear));
    state.store(linear, weight, values);
    statistics.freeStored(state);
    outcomes.mark();
  }

  /** The note, and how many zeros it cost to replace the weight and to store it. */
  private @Nullable String withLostZeros(
      String linear, NDArray before, NDArray after, @Nullable String note) {
    return QuantizedStorage.joined(
        note, lostZeros.get(linear), KeptZeros.lost(torch, before, after).orElse(null));
  }
}
