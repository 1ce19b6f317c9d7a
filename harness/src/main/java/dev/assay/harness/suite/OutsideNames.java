package dev.assay.harness.suite;

import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Names;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.recipe.Calibration;
import dev.assay.harness.dataset.DatasetInfo;
import dev.assay.harness.dataset.DatasetRegistry;
import java.util.List;

/**
 * Whether the data sets and hardware profiles that a suite names exist. Paths of text files are
 * left to the run.
 *
 * @param datasets the data sets known
 * @param profiles names of the hardware profiles
 * @param root the suite as written, for positions
 */
record OutsideNames(DatasetRegistry datasets, Names profiles, YamlNode root) {
  /**
   * @throws dev.assay.engine.config.BadInputException if there is no such data set, split or
   *     profile
   */
  void check(Suite suite, List<CellSpec> cells) {
    for (int i = 0; i < suite.targets().size(); i++) {
      String profile = suite.targets().get(i).profile();
      if (!profile.equals(SuiteTarget.MATCHING_PROFILE) && !profiles.known().contains(profile)) {
        throw root.error(
            KeyPath.ROOT.key("targets").item(i).key("profile"),
            "unknown profile '" + profile + "', " + profiles.expectedInsteadOf(profile));
      }
    }
    for (CellSpec cell : cells) {
      for (PerplexityMeasure perplexity : cell.measures().perplexity()) {
        int index = suite.measures().perplexity().indexOf(perplexity);
        KeyPath written =
            index < 0
                ? KeyPath.ROOT.key("overrides")
                : KeyPath.ROOT.key("measures").key("perplexity").item(index);
        dataset(written, perplexity.dataset(), perplexity.split());
      }
      if (!cell.recipe().stages().isEmpty()) {
        Calibration calibration = cell.recipe().calibration();
        dataset(KeyPath.ROOT.key("calibration"), calibration.dataset(), calibration.split());
      }
    }
  }

  private void dataset(KeyPath path, String name, String split) {
    Names known = new Names(datasets.list().stream().map(DatasetInfo::name).toList());
    if (DatasetRegistry.isTextFile(name)) {
      return;
    }
    if (!known.known().contains(name)) {
      throw root.error(
          path.key("dataset"), "unknown dataset '" + name + "', " + known.expectedInsteadOf(name));
    }
    Names splits =
        new Names(
            datasets.find(name).info().splits().stream().map(DatasetInfo.Split::name).toList());
    if (!splits.known().contains(split)) {
      throw root.error(
          path.key("split"),
          "unknown split '" + split + "' of " + name + ", " + splits.expectedInsteadOf(split));
    }
  }
}
