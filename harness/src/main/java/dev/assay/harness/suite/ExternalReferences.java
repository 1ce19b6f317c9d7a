package dev.assay.harness.suite;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Names;
import dev.assay.engine.config.Problems;
import dev.assay.engine.recipe.Calibration;
import dev.assay.harness.dataset.Dataset;
import dev.assay.harness.dataset.DatasetInfo;
import dev.assay.harness.dataset.DatasetInfo.Split;
import dev.assay.harness.dataset.DatasetRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Whether the data sets, text files among them, and hardware profiles that a suite names exist.
 *
 * @param datasets the data sets known
 * @param paths finds text files and profiles
 * @param written the suite, for positions
 */
record ExternalReferences(DatasetRegistry datasets, SuitePaths paths, WrittenSuite written) {
  /**
   * @throws dev.assay.engine.config.BadInputException if there is no such data set, split or
   *     profile
   */
  void check(List<CellSpec> cells) {
    Problems problems = new Problems();
    CalibrationFaults calibrations = new CalibrationFaults(written);
    Names profiles = paths.names("hardware-profiles");
    List<SuiteTarget> targets = written.suite().targets();
    for (int i = 0; i < targets.size(); i++) {
      String profile = targets.get(i).profile();
      if (!profile.equals(SuiteTarget.MATCHING_PROFILE) && !profiles.known().contains(profile)) {
        problems.add(
            written.error(
                KeyPath.ROOT.key("targets").item(i).key("profile"),
                "unknown profile '" + profile + "', " + profiles.expectedInsteadOf(profile)));
      }
    }
    for (CellSpec cell : cells) {
      String model = cell.model().name();
      List<PerplexityMeasure> perplexities = cell.measures().perplexity();
      for (int i = 0; i < perplexities.size(); i++) {
        KeyPath place = KeyPath.ROOT.key("perplexity").item(i);
        text(
            perplexities.get(i).dataset(),
            perplexities.get(i).split(),
            (key, message) -> problems.add(written.ofMeasures(model, place.key(key), message)));
      }
      if (!cell.recipe().stages().isEmpty()) {
        Calibration calibration = cell.recipe().calibration();
        text(
            calibration.dataset(),
            calibration.split(),
            (key, message) -> calibrations.add(cell, key, message));
      }
    }
    calibrations.errors().forEach(problems::add);
    problems.requireNone();
  }

  /** Where each text file was found that cells read, by the name that the suite has for it. */
  Map<String, Path> texts(List<CellSpec> cells) {
    Map<String, Path> texts = new TreeMap<>();
    for (CellSpec cell : cells) {
      Stream.concat(
              cell.measures().perplexity().stream().map(PerplexityMeasure::dataset),
              Stream.of(cell.recipe().calibration().dataset()))
          .filter(DatasetRegistry::isTextFile)
          .forEach(name -> paths.text(name).ifPresent(path -> texts.put(name, path)));
    }
    return texts;
  }

  private Dataset find(String name) {
    if (!DatasetRegistry.isTextFile(name)) {
      return datasets.find(name);
    }
    Path path =
        paths
            .text(name)
            .orElseThrow(
                () ->
                    new BadInputException(
                        "%s: no such file; expected a text file in UTF-8 at one of %s"
                            .formatted(name, paths.texts(name))));
    return datasets.with(Map.of(name, path)).find(name);
  }

  /**
   * @param fault takes the key and the message of what is wrong
   */
  private void text(String name, String split, BiConsumer<String, String> fault) {
    Names known = new Names(datasets.list().stream().map(DatasetInfo::name).toList());
    if (!DatasetRegistry.isTextFile(name) && !known.known().contains(name)) {
      fault.accept("dataset", "unknown dataset '" + name + "', " + known.expectedInsteadOf(name));
      return;
    }
    DatasetInfo info;
    try {
      info = find(name).info();
    } catch (BadInputException e) {
      fault.accept("dataset", String.valueOf(e.getMessage()));
      return;
    }
    Names splits = new Names(info.splits().stream().map(Split::name).toList());
    if (!splits.known().contains(split)) {
      fault.accept(
          "split",
          "unknown split '" + split + "' of " + name + ", " + splits.expectedInsteadOf(split));
    }
  }
}
