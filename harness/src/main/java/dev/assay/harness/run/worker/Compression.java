package dev.assay.harness.run.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.CalibrationSource;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.working.WeightAgreement;
import dev.assay.harness.dataset.CalibrationSequences;
import dev.assay.harness.dataset.CalibrationText;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.RandomTokens;
import dev.assay.harness.dataset.TrainingText;
import dev.assay.harness.hardware.counter.EnergyProbe;
import dev.assay.harness.hardware.disturbance.Attempts;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.harness.hardware.disturbance.Limits;
import dev.assay.harness.hardware.disturbance.Watch;
import dev.assay.harness.run.artifact.ArtifactCache;
import dev.assay.harness.run.artifact.ArtifactOrigin;
import dev.assay.harness.run.artifact.CachedArtifact;
import dev.assay.harness.run.artifact.CompressionReport;
import dev.assay.harness.run.cache.CacheInventory;
import dev.assay.leaderboard.result.ArtifactCheck;
import dev.assay.leaderboard.result.CalibrationSamples;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.ReadBack;
import dev.assay.leaderboard.result.StageSize;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.Staircase;
import dev.assay.leaderboard.result.Substitution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the artifact of a cell, or takes it from the cache. */
final class Compression {
  private static final Logger LOG = LoggerFactory.getLogger(Compression.class);
  private static final double NANOS_PER_SECOND = 1e9;

  /** Of random ids, that a synthetic model is trained on where no number is given. */
  private static final int SYNTHETIC_WINDOWS = 64;

  private static final CompressionReport NOT_COMPRESSED =
      new CompressionReport(
          null, "", 0, null, null, null, List.of(), null, null, ArtifactCheck.NONE);

  private final TorchSession torch;
  private final WorkerRequest request;
  private final DatasetRegistry datasets;
  private final Consumer<Progress> progress;
  private final StageRegistry stages = StageRegistry.load();

  Compression(
      TorchSession torch,
      WorkerRequest request,
      DatasetRegistry datasets,
      Consumer<Progress> progress) {
    this.torch = torch;
    this.request = request;
    this.datasets = datasets;
    this.progress = progress;
  }

  /** The artifact; the model itself where the recipe has no stages. */
  Checkpoint artifact(Checkpoint source, ModelSpec architecture, ReportBuilder report) {
    Path file = Path.of(request.recipe());
    Recipe recipe = new RecipeLoader(Objects.requireNonNull(file.getParent()), stages).read(file);
    if (recipe.stages().isEmpty()) {
      report.artifact(source.path(), NOT_COMPRESSED);
      return source;
    }
    ArtifactCache cache = new ArtifactCache(Path.of(request.cache()));
    CachedArtifact artifact =
        cache.get(
            request.artifactKey(),
            found -> current(found, source, architecture, recipe),
            target -> {
              cache.begin(request.artifactKey(), request.origin());
              return make(source, architecture, recipe, target);
            });
    report.artifact(artifact.checkpoint(), artifact.report());
    Staircase found = artifact.report().stagesFor(request.build());
    if (!artifact.fresh() && found != null) {
      report.stages(found);
    }
    report.add(compressionTime(artifact));
    report.addAll(trainingCost(artifact));
    return Checkpoint.open(artifact.checkpoint());
  }

  /**
   * The report of an artifact in the cache, if it was calibrated on what it would be calibrated on
   * now. Samples are drawn only where the code that draws them is another than the one that last
   * drew the same: reading and tokenizing a text takes seconds.
   */
  private Optional<CompressionReport> current(
      CompressionReport found, Checkpoint source, ModelSpec architecture, Recipe recipe) {
    ArtifactOrigin origin = found.origin();
    CalibrationSamples then = found.calibration();
    boolean sameCode = origin != null && origin.sampling().equals(request.origin().sampling());
    if (then == null || sameCode) {
      return Optional.of(found);
    }
    String now = sample(source, architecture, recipe.calibration()).described().tokenIdsSha256();
    if (now.equals(then.tokenIdsSha256())) {
      return Optional.of(found.of(request.origin()));
    }
    LOG.warn(
        "{}: calibrated on token ids of sha256 {}, expected {}; the artifact is made anew",
        request.artifactKey(),
        then.tokenIdsSha256(),
        now);
    return Optional.empty();
  }

  private CompressionReport make(
      Checkpoint source, ModelSpec architecture, Recipe recipe, Path target) {
    Watch watch = Watch.start();
    long start = System.nanoTime();
    Pipeline pipeline = new Pipeline(torch, architecture, stages);
    Drawn samples = new Drawn(pipeline.needsCalibration(recipe.stages()), recipe, target);
    List<LinearReport> linears = new ArrayList<>();
    List<Substitution> substitutions = new ArrayList<>();
    StageQuality quality = new StageQuality(torch, request, datasets, progress);
    List<StageStep> steps = new ArrayList<>();
    @Nullable StageSize before = null;
    StageEnergy energy = new StageEnergy(EnergyProbe.ofKernel(), request.device());
    Heard heard = new Heard(progress, quality, energy);
    for (Pipeline.StageOutcome outcome :
        pipeline.run(source, recipe.stages(), samples, target, heard)) {
      before = before == null ? StageSizes.of(outcome.before()) : before;
      steps.add(quality.step(outcome, recipe.stages().get(steps.size()).parameters()));
      for (LinearOutcome linear : outcome.linears()) {
        linears.add(linear(outcome.stage(), linear));
        linear
            .substitutions()
            .forEach(each -> substitutions.add(substitution(outcome.stage(), linear, each)));
      }
    }
    double seconds =
        (System.nanoTime() - start) / NANOS_PER_SECOND - heard.looking + heard.earlierSeconds;
    Taken<Double> time = Attempts.once(Limits.OF_TIMES, seconds, watch.stop());
    String sha256 = Checkpoint.open(target).sha256();
    return new CompressionReport(
        request.origin(),
        sha256,
        seconds,
        heard.earlierSeconds > 0 ? heard.interruption() : time.disturbed(),
        time.conditions(),
        samples.described(),
        linears,
        before == null ? null : new Staircase(before, steps),
        request.build(),
        new ArtifactCheck(substitutions, heard.readBack, List.of()));
  }

  /** Passes on how far a pipeline is. */
  private static final class Heard implements Pipeline.Listener {
    private final Consumer<Progress> progress;
    private final StageQuality quality;
    private final StageEnergy energy;
    private double earlierSeconds;
    private double looking;
    private List<ReadBack> readBack = List.of();
    private String stepping = "";
    private TimeLeft left = new TimeLeft(System::nanoTime);

    Heard(Consumer<Progress> progress, StageQuality quality, StageEnergy energy) {
      this.progress = progress;
      this.quality = quality;
      this.energy = energy;
    }

    @Override
    public JsonNode finished(Pipeline.Finished stage) {
      JsonNode told = quality.of(stage, energy.taken());
      energy.begin();
      return told;
    }

    /** What it takes to look at a model between stages is no time of its compression. */
    @Override
    public void looked(double seconds) {
      looking += seconds;
    }

    @Override
    public void layerFinished(String stage, int finished, int layers) {
      energy.read();
      progress.accept(new Progress("compress", stage + ", layer", finished, layers));
    }

    @Override
    public void stepFinished(String stage, int finished, int steps, String said) {
      energy.read();
      if (!stage.equals(stepping)) {
        stepping = stage;
        left = new TimeLeft(System::nanoTime);
      }
      String time = left.text(finished, steps);
      progress.accept(
          new Progress(
              "compress",
              stage + ", step",
              finished,
              steps,
              time.isEmpty() ? said : said + ", " + time));
    }

    @Override
    public void resumed(double seconds) {
      earlierSeconds = seconds;
      energy.resumed();
      LOG.info("an interrupted compression goes on where it stood, after {} s", seconds);
    }

    @Override
    public void readBack(List<WeightAgreement> all) {
      readBack =
          all.stream()
              .map(
                  each ->
                      new ReadBack(
                          each.linear(), each.largestDifference(), each.zeros(), each.finite()))
              .toList();
    }

    String interruption() {
      return String.format(
          Locale.ROOT, "interrupted after %.1f s and taken up later", earlierSeconds);
    }
  }

  /**
   * Draws the samples of one artifact: of the model, and where its first stage leaves other tokens
   * of what it leaves, if stages behind it look at some.
   */
  private final class Drawn implements CalibrationSource {
    private final boolean wanted;
    private final Recipe recipe;
    private final Path target;
    private final List<CalibrationSamples> all = new ArrayList<>();

    Drawn(boolean wanted, Recipe recipe, Path target) {
      this.wanted = wanted;
      this.recipe = recipe;
      this.target = target;
    }

    @Override
    public List<long[]> of(Checkpoint model, ModelSpec spec) {
      if (!wanted) {
        return List.of();
      }
      Samples drawn = sample(model, spec, recipe.calibration());
      keep(
          drawn.sequences(),
          target,
          all.isEmpty() ? ArtifactCache.CALIBRATION_IDS : ArtifactCache.LATER_CALIBRATION_IDS);
      all.add(drawn.described());
      return drawn.ids();
    }

    @Override
    public TextSource texts(Checkpoint model, ModelSpec spec) {
      return wanted -> {
        if (request.synthetic() != null) {
          int length = Math.min(wanted.length(), spec.spec().contextLength());
          RandomTokens tokens = new RandomTokens(spec.spec().vocabularySize(), 0);
          Integer some = wanted.windows();
          return Arrays.asList(
              tokens.sequences(some == null ? SYNTHETIC_WINDOWS : some, length).ids());
        }
        return new TrainingText(datasets.load(wanted.dataset(), wanted.split()))
            .windows(model, spec, wanted);
      };
    }

    /** Other code may make other outputs of the same teacher. */
    @Override
    public Optional<Path> teachers() {
      return Optional.of(
          Path.of(request.cache())
              .toAbsolutePath()
              .resolveSibling(CacheInventory.TEACHERS)
              .resolve(request.origin().compression()));
    }

    /** The first, which tell how others were drawn; nothing where none were. */
    @Nullable CalibrationSamples described() {
      return all.isEmpty()
          ? null
          : all.stream()
              .skip(1)
              .reduce(
                  all.get(0),
                  (first, later) ->
                      first.sampledBy(
                          "%s; behind the first stage anew in the tokens that it leaves, ids of sha256 %s"
                              .formatted(first.sampling(), later.tokenIdsSha256())));
    }
  }

  private record Samples(CalibrationSequences sequences, CalibrationSamples described) {
    List<long[]> ids() {
      return Arrays.asList(sequences.ids());
    }
  }

  /** Draws the samples. A synthetic model has no tokenizer, and is calibrated on random ids. */
  private Samples sample(Checkpoint source, ModelSpec architecture, Calibration calibration) {
    int length = Math.min(calibration.length(), architecture.spec().contextLength());
    long seed = Objects.requireNonNull(calibration.seed(), "the suite seeds every recipe");
    if (request.synthetic() != null) {
      RandomTokens tokens = new RandomTokens(architecture.spec().vocabularySize(), seed);
      CalibrationSequences sequences = tokens.sequences(calibration.samples(), length);
      return new Samples(
          sequences,
          new CalibrationSamples(
              "random token ids, as the weights are synthetic",
              "none",
              "",
              "uniform",
              sequences.samples(),
              sequences.length(),
              seed,
              sequences.sha256()));
    }
    DatasetSplit split = datasets.load(calibration.dataset(), calibration.split());
    CalibrationSequences sequences =
        new CalibrationText("calibration", split)
            .sequences(source, architecture, calibration, length, seed);
    return new Samples(
        sequences,
        new CalibrationSamples(
            split.dataset(),
            split.split(),
            split.sha256(),
            sampling(calibration),
            sequences.samples(),
            sequences.length(),
            seed,
            sequences.sha256()));
  }

  private static String sampling(Calibration calibration) {
    String how = calibration.sampling().name().toLowerCase(Locale.ROOT);
    return switch (calibration.bos()) {
      case NONE -> how;
      case FIRST -> how + ", BOS first in the text";
      case EVERY -> how + ", BOS first in every sample";
    };
  }

  /** Writes the ids beside the artifact, so that others can use the same. */
  private static void keep(CalibrationSequences sequences, Path target, String file) {
    try {
      sequences.writeTo(target.resolveSibling(file));
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static Substitution substitution(
      String stage, LinearOutcome linear, dev.assay.engine.calibration.Substitution each) {
    return new Substitution(
        stage, linear.layer(), linear.linear(), each.wanted(), each.done(), each.why());
  }

  private static LinearReport linear(String stage, LinearOutcome outcome) {
    return new LinearReport(
        stage,
        outcome.layer(),
        outcome.linear(),
        outcome.outFeatures(),
        outcome.inFeatures(),
        outcome.relativeError(),
        outcome.errorKind(),
        outcome.sparsity(),
        outcome.bits(),
        outcome.seconds(),
        outcome.note(),
        outcome.tokens());
  }

  private static List<Measurement> trainingCost(CachedArtifact artifact) {
    CompressionReport made = artifact.report();
    Staircase found = made.stages();
    return found == null
        ? List.of()
        : new TrainingCost(found.trainings())
            .measurements(artifact.fresh(), made.disturbed(), made.conditions());
  }

  private static Measurement compressionTime(CachedArtifact artifact) {
    double seconds = artifact.report().seconds();
    return new Measurement(
            Metrics.COMPRESSION_TIME,
            Protocol.NONE,
            Provenance.MEASURED,
            seconds,
            "s",
            Direction.LOWER_IS_BETTER,
            null,
            null,
            List.of(seconds),
            artifact.fresh()
                ? "wall time, taken once"
                : "wall time, taken once, when the artifact in the cache was made")
        .taken(artifact.report().disturbed(), artifact.report().conditions());
  }
}
