package dev.assay.harness.run;

import dev.assay.harness.cache.CacheUse;
import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.ceiling.MeasuredCeilings;
import dev.assay.harness.hardware.counter.OutOfMemoryKills;
import dev.assay.harness.hardware.profile.ProfileMatch;
import dev.assay.harness.measure.cache.LongestContext;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.measure.latency.LatencyMetric;
import dev.assay.harness.measure.latency.LatencyOutcome;
import dev.assay.harness.measure.process.EnergyMetric;
import dev.assay.harness.measure.process.PeakMemoryMetric;
import dev.assay.harness.measure.utilization.GenerationCost;
import dev.assay.harness.measure.utilization.UtilizationMetric;
import dev.assay.harness.run.artifact.ArtifactKey;
import dev.assay.harness.run.machine.Machine;
import dev.assay.harness.run.machine.TargetMemory;
import dev.assay.harness.run.outcome.FailedMeasure;
import dev.assay.harness.run.outcome.FailureCause;
import dev.assay.harness.run.outcome.UnsupportedTargetException;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.run.synthetic.SyntheticCache;
import dev.assay.harness.run.synthetic.SyntheticSource;
import dev.assay.harness.run.worker.UnsupportedMeasures;
import dev.assay.harness.run.worker.WorkerProcess;
import dev.assay.harness.run.worker.WorkerReport;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.harness.suite.Measures;
import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes one cell to its result: the worker first, then times, memory and energy, each in processes
 * of their own. Whatever goes wrong ends up in the result.
 */
final class CellRun {
  private final CellContext context;
  private final PlannedCell cell;

  /** Written once: for the worker, and for the result. */
  private final String recipe;

  private final int threads;
  private final Environment environment;
  private final Reading<ProfileMatch> profile;
  private final ResultBuilder result;
  private final Path logs;
  private String stage = "start";

  CellRun(CellContext context, PlannedCell cell) {
    Machine machine = context.machine();
    this.context = context;
    this.cell = cell;
    this.recipe = cell.spec().recipe().toYaml();
    this.threads = cell.identity().threads();
    this.environment = machine.environment(threads);
    this.profile = machine.profile(cell.spec().target(), environment);
    this.result = new ResultBuilder(cell, recipe, context.run().id(), machine.id());
    this.logs = context.run().logs(cell.id());
  }

  Result run() {
    OutOfMemoryKills kills = OutOfMemoryKills.ofKernel();
    result.warnings(cell.warnings());
    try (CacheUse artifact = artifact();
        CacheUse model = synthetic()) {
      Failure failure = stages();
      return failure == null ? result.succeeded(environment) : result.failed(environment, failure);
    } catch (RuntimeException e) {
      Failure failure = FailureCause.of(stage, e);
      return result.failed(
          environment, kills.since() ? FailureCause.outOfMemory(failure) : failure);
    }
  }

  /** The artifact is read long after the worker that made it has ended. */
  private CacheUse artifact() {
    return CacheUse.of(context.artifacts(), ArtifactKey.of(cell).id());
  }

  private @Nullable CacheUse synthetic() {
    SyntheticCache models = SyntheticCache.beside(context.artifacts());
    return SyntheticSource.of(cell.spec())
        .map(source -> String.valueOf(models.directory(source).getFileName()))
        .map(entry -> CacheUse.of(models.root(), entry))
        .orElse(null);
  }

  /** What went wrong within the worker; null if nothing did. */
  private @Nullable Failure stages() {
    Optional<String> obstacle = cell.spec().target().device().obstacle();
    if (obstacle.isPresent()) {
      throw new UnsupportedTargetException("device: " + obstacle.get());
    }
    Measures measures = cell.spec().measures();
    if (measures.roofline()) {
      result.ceilings(Machine.documented(profile, environment, threads));
      if (!context.machine().hasMeasured(threads)) {
        begin("machine ceilings");
      }
      MeasuredCeilings ceilings =
          context.machine().measured(threads, context.run().logs("machine"));
      result.ceilings(ceilings.ceilings());
      result.warnings(ceilings.unavailable());
      String reason = profile.reasonOrNull();
      if (reason != null) {
        result.warnings(List.of(reason));
      }
    }
    WorkerReport report = worker();
    if (report.failure() != null) {
      return report.failure();
    }
    result.ceilings(report.ceilings());
    if (report.cost() == null) {
      result.addAll(UnsupportedMeasures.generation(measures, String.valueOf(report.ungenerated())));
      return null;
    }
    if (measures.size()) {
      TargetMemory memory = TargetMemory.of(cell.spec().target().device(), environment, profile);
      result.add(LongestContext.of(report.cost().context(), memory.bytes(), memory.origin()));
    }
    GenerationSettings settings = settings(report, report.cost(), measures);
    if (measures.latency() != null) {
      begin("latency");
      latency(settings, measures.latency(), report);
    }
    if (measures.memory()) {
      begin("memory");
      result.add(
          orFailed(
              () -> new PeakMemoryMetric(settings, report.simulated()).measure(logs),
              UnsupportedMeasures::memory));
    }
    if (measures.energy()) {
      begin("energy");
      result.add(
          orFailed(
              () -> new EnergyMetric(settings, report.simulated()).measure(logs),
              UnsupportedMeasures::energy));
    }
    return null;
  }

  private WorkerReport worker() {
    WorkerProcess process = new WorkerProcess(cell, recipe, threads, context.machine().id(), logs);
    try {
      process.run(
          context.artifacts(),
          context.datasets(),
          context.texts(),
          progress -> {
            stage = progress.stage();
            context.listener().on(new RunEvent.CellProgressed(cell, progress));
          });
    } finally {
      result.report(process.report());
    }
    return process.report();
  }

  private void latency(GenerationSettings settings, LatencyMeasure measure, WorkerReport report) {
    LatencyOutcome outcome =
        orFailed(
            () -> new LatencyMetric(settings, measure, report.simulated()).measure(logs),
            why -> new LatencyOutcome(UnsupportedMeasures.latency(why), null, List.of()));
    result.addAll(outcome.measurements());
    result.cpuPressure(outcome.cpuPressure());
    result.warnings(outcome.warnings());
    GenerationCost cost = report.cost();
    String arithmetic = report.arithmetic();
    boolean timed = outcome.of(Metrics.TIME_TO_FIRST_TOKEN).value() != null;
    if (cell.spec().measures().roofline() && timed && cost != null && arithmetic != null) {
      UtilizationMetric utilization =
          new UtilizationMetric(
              cost,
              arithmetic,
              outcome.of(Metrics.TIME_TO_FIRST_TOKEN),
              outcome.of(Metrics.TIME_PER_OUTPUT_TOKEN),
              result.ceilings());
      result.addAll(utilization.measurements());
      result.roofline(utilization.rooflinePoints());
    }
  }

  /** Takes a measure. If it fails, what says so stands in, and the other figures stand. */
  private <M> M orFailed(Supplier<M> measure, Function<String, M> failed) {
    OutOfMemoryKills kills = OutOfMemoryKills.ofKernel();
    try {
      return measure.get();
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      Failure failure = FailureCause.of(stage, e);
      return failed.apply(
          FailedMeasure.note(
              kills.since() ? FailureCause.outOfMemory(failure) : failure,
              logs.resolve(stage + "-failed.log")));
    }
  }

  private GenerationSettings settings(WorkerReport report, GenerationCost cost, Measures measures) {
    return new GenerationSettings(
        Path.of(Objects.requireNonNull(report.checkpoint(), "a worker without failure has one")),
        cell.spec().execution().with(report.choices()),
        threads,
        GenerationSettings.batch(measures),
        cost.length());
  }

  private void begin(String next) {
    stage = next;
    context.progress(cell, next);
  }
}
