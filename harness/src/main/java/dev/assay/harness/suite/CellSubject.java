package dev.assay.harness.suite;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a cell asks, whichever build and machine answers.
 *
 * @param model hashes of the checkpoint
 * @param recipe {@link dev.assay.engine.recipe.Recipe#canonical}
 * @param datasets sha256 of each split's text, by {@code name/split}
 * @param protocols how each metric is taken, in the suite's order
 * @param seed seed of every random choice
 * @param dtype dtype of the execution, and what kernels do to activations if they may round them
 * @param device kind of device
 */
public record CellSubject(
    ModelFingerprint model,
    String recipe,
    SortedMap<String, String> datasets,
    List<String> protocols,
    long seed,
    String dtype,
    String device) {
  public CellSubject {
    datasets = Collections.unmodifiableSortedMap(new TreeMap<>(datasets));
    protocols = List.copyOf(protocols);
  }
}
