package dev.assay.harness.run.plan;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.CanonicalYaml;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Problems;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.run.synthetic.SyntheticSource;
import dev.assay.harness.suite.CellIdentity;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.CellSubject;
import dev.assay.harness.suite.LoadedSuite;
import dev.assay.harness.suite.Measures;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.ResolvedTarget;
import dev.assay.harness.suite.SuiteTarget;
import dev.assay.harness.suite.WrittenSuite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Gives the cells of a suite their identities. */
public final class Planner {
  private final ModelFingerprints models;
  private final DatasetRegistry datasets;
  private final StageRegistry stages;
  private final AssayBuild build;
  private final Function<SuiteTarget, ResolvedTarget> machine;

  /**
   * @param machine tells what targets come to on the machine at hand
   */
  public Planner(
      ModelFingerprints models,
      DatasetRegistry datasets,
      StageRegistry stages,
      AssayBuild build,
      Function<SuiteTarget, ResolvedTarget> machine) {
    this.models = models;
    this.datasets = datasets;
    this.stages = stages;
    this.build = build;
    this.machine = machine;
  }

  /**
   * The cells in the suite's order.
   *
   * @param warnings what to mind about the figures of a cell
   * @throws BadInputException if a model or a text is unusable, or if two cells come to the same on
   *     this machine but for their names
   */
  public List<PlannedCell> plan(LoadedSuite suite, Function<CellSpec, List<String>> warnings) {
    List<PlannedCell> cells = new ArrayList<>();
    Map<String, PlannedCell> seen = new HashMap<>();
    Problems twins = new Problems();
    for (CellSpec written : suite.cells()) {
      CellSpec spec = identified(written);
      PlannedCell cell = new PlannedCell(spec, identity(spec), build, warnings.apply(written));
      PlannedCell other = seen.putIfAbsent(cell.id(), cell);
      if (other != null) {
        twins.add(twin(suite.written(), other.spec(), spec));
      }
      cells.add(cell);
    }
    twins.requireNone();
    return cells;
  }

  private static BadInputException twin(WrittenSuite written, CellSpec first, CellSpec second) {
    KeyPath path;
    String name;
    if (!first.model().name().equals(second.model().name())) {
      path = written.path(second.model());
      name = second.model().name();
    } else if (!first.recipe().name().equals(second.recipe().name())) {
      path = KeyPath.ROOT.key("recipes").item(written.recipes().indexOf(second.recipe().name()));
      name = second.recipe().name();
    } else {
      path = written.path(second.target());
      name = second.target().name();
    }
    return written.error(
        path,
        "found '%s', with which cell %s is cell %s in all but the name, expected each cell once"
            .formatted(name, second.name(), first.name()));
  }

  /** With the hashes of the models that its recipe names. */
  private CellSpec identified(CellSpec spec) {
    try {
      return spec.with(spec.recipe().identified(path -> models.of(path).tensors()));
    } catch (InvalidValueException e) {
      throw new BadInputException("recipe " + spec.recipe().name() + ": " + e.getMessage(), e);
    }
  }

  private CellIdentity identity(CellSpec spec) {
    ResolvedTarget target = machine.apply(spec.target());
    return new CellIdentity(subject(spec), build.id(), target.threads(), target.hardwareProfile());
  }

  private CellSubject subject(CellSpec spec) {
    return new CellSubject(
        SyntheticSource.of(spec)
            .map(SyntheticSource::fingerprint)
            .orElseGet(() -> models.of(spec.modelPath())),
        spec.recipe().canonical(),
        datasets(spec),
        protocols(spec.measures()),
        spec.seed(),
        arithmetic(spec),
        spec.target().device().name().toLowerCase(Locale.ROOT));
  }

  private static String arithmetic(CellSpec spec) {
    String dtype = spec.dtype().toString();
    return spec.activations() == KernelInputs.NATIVE
        ? dtype
        : dtype + " " + spec.activations().label();
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
    trainingTexts(spec).forEach(text -> put(hashes, text.dataset(), text.split()));
    return hashes;
  }

  private void put(SortedMap<String, String> hashes, String dataset, String split) {
    hashes.computeIfAbsent(
        dataset + "/" + split, key -> datasets.find(dataset).info().split(split).sha256());
  }

  /** Texts that stages of the cell's recipe learn from, or look at. */
  public List<WantedText> trainingTexts(CellSpec spec) {
    return spec.recipe().stages().stream()
        .flatMap(step -> stages.method(step).texts().stream())
        .toList();
  }

  /** Whether some stage of the cell's recipe looks at calibration samples. */
  public boolean needsCalibration(CellSpec spec) {
    return spec.recipe().stages().stream().anyMatch(this::looksAtSamples);
  }

  private boolean looksAtSamples(Step step) {
    return stages.method(step).needsCalibration();
  }

  private static List<String> protocols(Measures measures) {
    return List.of(CanonicalYaml.write(CanonicalYaml.tree(measures)));
  }
}
