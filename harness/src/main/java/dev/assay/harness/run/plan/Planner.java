package dev.assay.harness.run.plan;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.CanonicalYaml;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.run.synthetic.SyntheticSource;
import dev.assay.harness.suite.CellIdentity;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.LoadedSuite;
import dev.assay.harness.suite.Measures;
import dev.assay.harness.suite.PerplexityMeasure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Gives the cells of a suite their identities. */
public final class Planner {
  private final ModelFingerprints models;
  private final DatasetRegistry datasets;
  private final StageRegistry stages;
  private final AssayBuild build;

  public Planner(
      ModelFingerprints models, DatasetRegistry datasets, StageRegistry stages, AssayBuild build) {
    this.models = models;
    this.datasets = datasets;
    this.stages = stages;
    this.build = build;
  }

  /**
   * The cells in the suite's order.
   *
   * @throws BadInputException if a model or a text is unusable, or if two cells differ in nothing
   *     but their names
   */
  public List<PlannedCell> plan(LoadedSuite suite) {
    List<PlannedCell> cells = new ArrayList<>();
    Map<String, PlannedCell> seen = new HashMap<>();
    for (CellSpec spec : suite.cells()) {
      PlannedCell cell = new PlannedCell(spec, identity(spec));
      PlannedCell other = seen.put(cell.id(), cell);
      if (other != null) {
        throw new BadInputException(
            suite.file()
                + ": found cells "
                + other.name()
                + " and "
                + cell.name()
                + ", which differ in nothing but their names, expected each cell once");
      }
      cells.add(cell);
    }
    return cells;
  }

  private CellIdentity identity(CellSpec spec) {
    return new CellIdentity(
        SyntheticSource.of(spec)
            .map(SyntheticSource::fingerprint)
            .orElseGet(() -> models.of(spec.modelPath())),
        spec.recipe().canonical(),
        datasets(spec),
        protocols(spec.measures()),
        spec.seed(),
        build.id(),
        spec.dtype().toString(),
        spec.target().device().name().toLowerCase(Locale.ROOT),
        spec.target().threads().toString(),
        spec.target().profile());
  }

  private SortedMap<String, String> datasets(CellSpec spec) {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (PerplexityMeasure measure : spec.measures().perplexity()) {
      put(hashes, measure.dataset(), measure.split());
    }
    if (needsCalibration(spec)) {
      Calibration calibration = spec.recipe().calibration();
      put(hashes, calibration.dataset(), calibration.split());
    }
    return hashes;
  }

  private void put(SortedMap<String, String> hashes, String dataset, String split) {
    hashes.computeIfAbsent(
        dataset + "/" + split, key -> datasets.find(dataset).info().split(split).sha256());
  }

  /** Whether some stage of the cell's recipe looks at calibration samples. */
  public boolean needsCalibration(CellSpec spec) {
    return spec.recipe().stages().stream().anyMatch(this::looksAtSamples);
  }

  private boolean looksAtSamples(Step step) {
    return stages
        .find(step.stage())
        .map(type -> !type.methodOf(step.parameters()).statistics().isEmpty())
        .orElse(false);
  }

  private static List<String> protocols(Measures measures) {
    return List.of(CanonicalYaml.write(CanonicalYaml.tree(measures)));
  }
}
