package dev.assay.harness.suite;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gathers what there is to say of cells' calibrations, so that it is told once: where the suite
 * says what is at fault, or else of all recipes together that have it.
 */
public final class CalibrationFaults {
  private final WrittenSuite written;
  private final Map<Fault, Set<String>> recipes = new LinkedHashMap<>();

  /**
   * @param written the suite of the cells
   */
  public CalibrationFaults(WrittenSuite written) {
    this.written = written;
  }

  /**
   * @param place where the suite says it; none if recipes do
   * @param key below {@code calibration}
   * @param message what was found and expected
   */
  private record Fault(Optional<KeyPath> place, String key, String message) {}

  /**
   * Keeps what there is to say of a cell's calibration.
   *
   * @param key below {@code calibration}
   * @param message without the place
   */
  public void add(CellSpec cell, String key, String message) {
    recipes
        .computeIfAbsent(
            new Fault(written.calibration(cell, key), key, message), fault -> new LinkedHashSet<>())
        .add(cell.recipe().name());
  }

  /** An error about each, with file, line and key. */
  public List<BadInputException> errors() {
    return recipes.entrySet().stream()
        .map(entry -> error(entry.getKey(), entry.getValue()))
        .toList();
  }

  private BadInputException error(Fault fault, Set<String> names) {
    return fault.place().isPresent()
        ? written.error(fault.place().get(), fault.message())
        : written.ofRecipes(names, "calibration.%s: %s".formatted(fault.key(), fault.message()));
  }
}
