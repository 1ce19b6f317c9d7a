package dev.assay.harness.run.plan;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.harness.hardware.counter.EnergyProbe;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.run.journal.ReportsDirectory;
import dev.assay.harness.run.synthetic.SyntheticSource;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.harness.suite.Measures;
import dev.assay.harness.suite.PerplexityMeasure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Guesses how long cells take: from earlier runs where there are any, otherwise from their work.
 */
public final class Estimator {
  /** Float32 products of one thread; between those of an old laptop and of a new server. */
  private static final double FLOPS_PER_THREAD = 3e10;

  private static final double BYTES_PER_SECOND = 1e10;

  /** A JVM with libtorch, until the model is loaded and awake. */
  private static final double FORK_SECONDS = 2.5;

  private static final double ENERGY_SECONDS = 7;

  /** Passes of the calibration samples through a layer. */
  private static final int PASSES = 2;

  /** AWQ runs the inspected module for each candidate of its search. */
  private static final int PASSES_OF_SEARCH = 45;

  private static final int WINDOWS_IF_NOT_SAID = 100;

  private final StageRegistry stages;
  private final PastTimes history;
  private final Map<Path, Long> parameters = new HashMap<>();

  /**
   * @param reports where earlier runs are
   * @param measured what was measured of a cell, by the directory of its logs
   */
  public Estimator(
      StageRegistry stages, ReportsDirectory reports, Function<Path, Optional<Measures>> measured) {
    this.stages = stages;
    this.history = new PastTimes(reports, measured);
  }

  /**
   * An estimate.
   *
   * @param threads threads of the kernels
   * @param compressed whether the artifact is in the cache already
   */
  public CellEstimate of(PlannedCell cell, int threads, boolean compressed) {
    Optional<Double> known = history.of(cell.name(), cell.spec().measures());
    if (known.isPresent()) {
      return new CellEstimate(known.get(), CellEstimate.Basis.EARLIER_RUN);
    }
    double size = parameters.computeIfAbsent(cell.spec().modelPath(), path -> size(cell.spec()));
    double rate = FLOPS_PER_THREAD * threads;
    double pass = 2 * size / rate;
    Measures measures = cell.spec().measures();
    double seconds = FORK_SECONDS + (compressed ? 0 : compression(cell.spec(), size, rate));
    for (PerplexityMeasure measure : measures.perplexity()) {
      seconds += tokens(measure) * pass;
    }
    LatencyMeasure latency = measures.latency();
    if (latency != null) {
      seconds += latency(latency, size, pass);
    }
    seconds += measures.memory() ? FORK_SECONDS : 0;
    seconds += measures.energy() && countsEnergy() ? ENERGY_SECONDS : 0;
    return new CellEstimate(seconds, CellEstimate.Basis.COMPUTED);
  }

  /** A model that cannot be read takes no time. */
  private static long size(CellSpec spec) {
    try {
      return SyntheticSource.of(spec)
          .map(SyntheticSource::parameters)
          .orElseGet(
              () -> new Families().belonging(Checkpoint.open(spec.modelPath())).parameters());
    } catch (BadInputException e) {
      return 0;
    }
  }

  /**
   * Seconds that a recipe's stages take.
   *
   * @param size parameters of the model
   * @param rate floating-point operations a second
   */
  double compression(CellSpec spec, double size, double rate) {
    double pass = 2 * size / rate;
    Calibration calibration = spec.recipe().calibration();
    double tokens = (double) calibration.samples() * calibration.length();
    double seconds = 0;
    for (Step step : spec.recipe().stages()) {
      CompressionMethod method = stages.method(step);
      seconds += training(spec, method, size) / rate;
      Set<Statistic> wanted = method.statistics();
      if (wanted.contains(Statistic.INPUTS)) {
        seconds += PASSES_OF_SEARCH * tokens * pass;
      } else if (!wanted.isEmpty()) {
        seconds += PASSES * tokens * pass;
      } else if (method.needsCalibration()) {
        seconds += tokens * pass;
      }
    }
    return seconds;
  }

  /** Operations of training: forward and twice backward, and forward of teachers. */
  private static double training(CellSpec spec, CompressionMethod method, double size) {
    if (!method.loadsModel()) {
      return 0;
    }
    return architecture(spec)
        .flatMap(method::training)
        .map(
            extent -> {
              double student = (extent.recomputes() ? 4 : 3) * size;
              double teachers = extent.originals() * size + extent.teachers();
              return 2 * extent.tokens() * (student + teachers);
            })
        .orElse(0.0);
  }

  /** What a model's configuration says; nothing of one that cannot be read. */
  private static Optional<ModelSpec> architecture(CellSpec spec) {
    try {
      Families families = new Families();
      return Optional.of(
          SyntheticSource.of(spec)
              .map(source -> families.architecture(source.config()))
              .orElseGet(() -> families.architecture(Checkpoint.open(spec.modelPath()))));
    } catch (BadInputException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static double tokens(PerplexityMeasure measure) {
    Integer tokens = measure.maxTokens();
    Integer windows = measure.maxWindows();
    if (tokens != null && windows == null) {
      return tokens;
    }
    return (double) measure.window() * (windows == null ? WINDOWS_IF_NOT_SAID : windows);
  }

  private static double latency(LatencyMeasure measure, double size, double pass) {
    double generation =
        measure.batch() * tokens(measure.promptLength()) * pass
            + tokens(measure.decodeLength()) * 2 * size / BYTES_PER_SECOND;
    double forks = 2.0 * measure.forks() + 2.0 * measure.warmupForks();
    double generations = (double) measure.iterations() + measure.warmupIterations();
    return forks * (FORK_SECONDS + generations * generation);
  }

  private static int tokens(@Nullable Integer length) {
    return length == null ? GenerationLength.USUAL : length;
  }

  private static boolean countsEnergy() {
    return EnergyProbe.ofKernel().start().joules().orNull() != null;
  }
}
