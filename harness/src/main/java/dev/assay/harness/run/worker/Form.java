package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.run.KernelCheck;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.run.RunnableModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.harness.measure.cache.CacheMemoryMetric;
import dev.assay.harness.measure.cache.ContextMemory;
import dev.assay.harness.measure.flops.DecoderFlops;
import dev.assay.harness.measure.flops.FlopCount;
import dev.assay.harness.measure.flops.FlopsMetric;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.measure.size.RemovedMetric;
import dev.assay.harness.measure.size.SizeMetric;
import dev.assay.harness.measure.utilization.GenerationCost;
import dev.assay.harness.measure.utilization.ModelTraffic;
import dev.assay.harness.measure.weights.LinearWeights;
import dev.assay.harness.measure.weights.WeightCensus;
import dev.assay.harness.suite.Measures;
import dev.assay.leaderboard.result.Artifact;
import dev.assay.leaderboard.result.KernelRun;
import dev.assay.leaderboard.result.Staircase;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at the form of an artifact, stored and running: sizes, FLOPs, kernels. */
final class Form {
  private final TorchSession torch;
  private final WorkerRequest request;
  private final Execution execution;

  Form(TorchSession torch, WorkerRequest request, Execution execution) {
    this.torch = torch;
    this.request = request;
    this.execution = execution;
  }

  /**
   * Puts what it finds into the report.
   *
   * @param model what the source is
   * @return bytes of all weights as they run
   */
  long measure(
      Checkpoint source,
      ModelSpec model,
      Checkpoint artifact,
      ModelSpec architecture,
      ReportBuilder report) {
    Measures measures = request.measures();
    GenerationLength length = null;
    String ungenerated = null;
    if (architecture.kind() == ModelSpec.Kind.CAUSAL) {
      try {
        length = GenerationLength.of(measures, architecture.spec().contextLength());
      } catch (InvalidValueException e) {
        ungenerated = e.getMessage();
      }
    } else {
      ungenerated = architecture.family() + " does not continue text; only such models are timed";
    }
    LinearWeights linears = new WeightCensus(torch, artifact).count(architecture);
    try (RunnableModel running = RunnableModel.load(torch, artifact, architecture, execution)) {
      String forms =
          Stream.concat(
                  running.linears().stream().map(RunnableLinear::form).distinct(), between(running))
              .collect(Collectors.joining("; "));
      report.form(
          new Artifact(format(artifact), artifact.sha256(), place(artifact), forms),
          running.simulated()
              ? "no kernel here runs the stored form; the weights run as " + forms
              : null,
          running instanceof LanguageModel generating && length != null
              ? cost(generating, linears, length)
              : null,
          ungenerated,
          running.productType().label());
      report.kernels(kernels(artifact, architecture, running.linears()));
      if (measures.size()) {
        report.addAll(
            new SizeMetric(artifact.fileBytes(), source.fileBytes(), running.weightBytes(), linears)
                .measurements());
        removed(source, model, artifact, report);
      }
      if (measures.flops() && length != null) {
        report.addAll(FlopsMetric.of(architecture.main(), linears, length));
        LinearWeights before =
            source == artifact ? linears : new WeightCensus(torch, source).count(model);
        report.addAll(
            RemovedMetric.ofFlops(
                flops(model.main(), before),
                flops(architecture.main(), linears),
                length.meanContext()));
      }
      if (measures.size() && running instanceof LanguageModel generating && length != null) {
        report.addAll(new CacheMemoryMetric(length.prompt()).measure(torch.manager(), generating));
      }
      return running.weightBytes();
    }
  }

  /** Of a recipe without stages nothing is gone. */
  private void removed(
      Checkpoint source, ModelSpec model, Checkpoint artifact, ReportBuilder report) {
    if (report.stages() == null && source != artifact) {
      report.addAll(RemovedMetric.unknown("an older build of Assay made the artifact"));
      return;
    }
    if (report.stages() == null) {
      Path nowhere = Path.of(request.cache()).resolve("." + request.artifactKey() + "-none");
      report.stages(new Staircase(StageSizes.of(torch, source, model, nowhere), List.of()));
    }
    Staircase stages = Objects.requireNonNull(report.stages());
    report.addAll(
        RemovedMetric.ofSize(
            stages.start(), stages.end(), source.fileBytes(), artifact.fileBytes()));
  }

  private static Map<FlopCount, DecoderFlops> flops(Stack stack, LinearWeights weights) {
    Map<FlopCount, DecoderFlops> counts = new EnumMap<>(FlopCount.class);
    for (FlopCount count : FlopCount.values()) {
      counts.put(count, DecoderFlops.of(stack, weights, count));
    }
    return counts;
  }

  private Stream<String> between(RunnableModel model) {
    return model.fused()
        ? Stream.of(
            "between products ops of our own (%s)%s"
                .formatted(
                    NativeOps.describe(torch),
                    model.layersInOne() == 0
                        ? ""
                        : ", %d layers of a token in one each".formatted(model.layersInOne())))
        : Stream.empty();
  }

  /** What ran in each form, and how far its products are from those of dequantised values. */
  private List<KernelRun> kernels(
      Checkpoint artifact, ModelSpec architecture, List<RunnableLinear> linears) {
    CheckpointWeights weights = new CheckpointWeights(torch, artifact, architecture);
    return new KernelCheck(torch, weights, execution)
        .uses().stream()
            .map(
                use ->
                    new KernelRun(
                        use.kernel(),
                        use.form(),
                        use.activations(),
                        use.tables()
                            + (int)
                                linears.stream()
                                    .filter(linear -> linear.form().equals(use.form()))
                                    .filter(linear -> linear.kernel().equals(use.kernel()))
                                    .count(),
                        use.checked(),
                        use.largestDifference()))
            .toList();
  }

  private GenerationCost cost(LanguageModel model, LinearWeights linears, GenerationLength length) {
    Stack stack = model.architecture().main();
    return new GenerationCost(
        DecoderFlops.of(stack, linears, FlopCount.DENSE_EQUIVALENT),
        DecoderFlops.of(stack, linears, FlopCount.EFFECTIVE),
        ModelTraffic.of(model),
        length,
        GenerationSettings.batch(request.measures()),
        ContextMemory.of(model));
  }

  private static String format(Checkpoint artifact) {
    return artifact
        .quantization()
        .map(config -> config.format().label())
        .orElseGet(() -> plainFormat(artifact));
  }

  private static String plainFormat(Checkpoint artifact) {
    if (artifact.hasOwnFormats()) {
      return "assay";
    }
    return artifact.gguf().isPresent() ? "gguf" : "safetensors";
  }

  /** Relative to the cache; the model itself, where nothing was made, as the suite names it. */
  private String place(Checkpoint artifact) {
    Path cache = Path.of(request.cache()).toAbsolutePath();
    Path directory = artifact.path().toAbsolutePath();
    return directory.startsWith(cache)
        ? cache.relativize(directory).toString()
        : artifact.path().toString();
  }
}
