package dev.assay.harness.cli;

import dev.assay.engine.hub.HubListener;
import dev.assay.engine.hub.HubModels;
import dev.assay.engine.hub.HubReference;
import dev.assay.engine.hub.HubSnapshot;
import dev.assay.engine.hub.HubState;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.run.artifact.ArtifactCache;
import dev.assay.harness.run.artifact.ArtifactKey;
import dev.assay.harness.run.check.CheckResult;
import dev.assay.harness.run.check.SuiteCheck;
import dev.assay.harness.run.machine.Machine;
import dev.assay.harness.run.need.Capacity;
import dev.assay.harness.run.need.NeedEstimator;
import dev.assay.harness.run.need.PlannedNeed;
import dev.assay.harness.run.need.SuiteNeed;
import dev.assay.harness.run.plan.CellEstimate;
import dev.assay.harness.run.plan.Estimator;
import dev.assay.harness.run.plan.ModelFingerprints;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.run.plan.Planner;
import dev.assay.harness.run.synthetic.SyntheticCache;
import dev.assay.harness.run.worker.WorkerRequest;
import dev.assay.harness.suite.LoadedSuite;
import dev.assay.harness.suite.SuiteLoader;
import dev.assay.leaderboard.file.FileMutex;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads suites and plans their cells, for the verbs that need them. */
final class SuiteReader {
  private final Locations locations;
  private final StageRegistry stages = StageRegistry.load();
  private final DatasetRegistry datasets;
  private final AssayBuild build = AssayBuild.current();
  private final Machine machine;

  SuiteReader(Locations locations) {
    this.locations = locations;
    this.datasets = locations.datasets();
    Home home = Home.ofLauncher();
    this.machine = new Machine(home.path(), home.profiles());
  }

  AssayBuild build() {
    return build;
  }

  /** The machine at hand, which plans are made for. */
  Machine machine() {
    return machine;
  }

  LoadedSuite load(Path file) {
    return new SuiteLoader(stages, datasets, Home.ofLauncher().path()).load(file);
  }

  /** Downloads the models that a suite has on the hub, as far as they are not in the cache. */
  static LoadedSuite fetched(LoadedSuite suite, HubListener listener) {
    Map<String, HubReference> onHub = suite.onHub();
    if (onHub.isEmpty()) {
      return suite;
    }
    HubModels hub = new HubModels(Locations.hub(), listener, FileMutex::of);
    Map<String, HubSnapshot> found = new LinkedHashMap<>();
    onHub.forEach((model, reference) -> found.put(model, hub.fetch(reference)));
    return suite.withHubModels(found);
  }

  /** Which of the models that a suite has on the hub are at hand. Downloads nothing. */
  static Map<String, HubState> hubStates(LoadedSuite suite) {
    Map<String, HubReference> onHub = suite.onHub();
    Map<String, HubState> states = new LinkedHashMap<>();
    if (!onHub.isEmpty()) {
      HubModels hub = new HubModels(Locations.hub(), event -> {}, FileMutex::of);
      onHub.forEach((model, reference) -> states.put(model, hub.state(reference)));
    }
    return states;
  }

  /** Those cells of a suite whose models are at hand. */
  static LoadedSuite atHand(LoadedSuite suite, Map<String, HubState> states) {
    Map<String, HubSnapshot> found = new LinkedHashMap<>();
    states.forEach(
        (model, state) -> {
          if (state instanceof HubState.Cached cached) {
            found.put(model, cached.snapshot());
          }
        });
    return suite.withHubModels(found);
  }

  /**
   * Plans the cells of a suite, once it is known that nothing in it is bound to fail but cells of
   * broken models and of recipes that do not fit, which are warned of. All verbs come this way, so
   * that they agree.
   *
   * @param warnings hears what to mind
   * @throws dev.assay.engine.config.BadInputException if something is bound to fail
   */
  List<PlannedCell> plan(LoadedSuite suite, Consumer<String> warnings) {
    DatasetRegistry here = datasets.with(suite.texts());
    CheckResult findings = new SuiteCheck(stages, here).of(suite);
    ModelFingerprints models = new ModelFingerprints(locations.fingerprints());
    List<PlannedCell> cells =
        new Planner(models, here, stages, build, machine::resolve).plan(suite, findings::of);
    findings.warnings().forEach(warnings);
    return cells;
  }

  /**
   * Checks that cells fit on the machine.
   *
   * @throws dev.assay.engine.config.BadInputException if one does not
   */
  void requireRoom(List<PlannedCell> toRun, Capacity.Probe capacity) {
    ResourceCheck.require(new SuiteNeed(needs(toRun)), capacity.of(locations.artifacts()));
  }

  /**
   * Checks that there is room for the models that are not here yet.
   *
   * @param onHub what is known of the models of a suite that are on the hub
   * @throws dev.assay.engine.config.BadInputException if there is none
   */
  static void requireRoomForDownloads(Map<String, HubState> onHub, Capacity.Probe capacity) {
    if (!onHub.isEmpty()) {
      ResourceCheck.requireForDownloads(
          onHub.values(), capacity.of(Locations.hub().cache()).disk());
    }
  }

  /** Whether the artifact of a cell is in the cache; a cell without stages needs none. */
  boolean compressed(PlannedCell cell) {
    return cell.spec().recipe().stages().isEmpty()
        || new ArtifactCache(locations.artifacts()).find(ArtifactKey.of(cell).id()).isPresent();
  }

  /** What cells need of memory and disk, from their configurations alone. */
  List<PlannedNeed> needs(List<PlannedCell> cells) {
    NeedEstimator estimator = new NeedEstimator(stages);
    SyntheticCache synthetic = SyntheticCache.beside(locations.artifacts());
    return cells.stream()
        .map(
            cell ->
                new PlannedNeed(
                    cell, estimator.of(cell.spec(), compressed(cell), synthetic.has(cell.spec()))))
        .toList();
  }

  Map<PlannedCell, CellEstimate> estimates(List<PlannedCell> cells) {
    Estimator estimator = new Estimator(stages, locations.reports(), WorkerRequest::measures);
    Map<PlannedCell, CellEstimate> estimates = new LinkedHashMap<>();
    for (PlannedCell cell : cells) {
      estimates.put(cell, estimator.of(cell, cell.identity().threads(), compressed(cell)));
    }
    return estimates;
  }
}
