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
import dev.assay.harness.measure.size.SizeMetric;
import dev.assay.harness.measure.utilization.GenerationCost;
import dev.assay.harness.measure.utilization.ModelTraffic;
import dev.assay.harness.measure.weights.LinearWeights;
import dev.assay.harness.measure.weights.WeightCensus;
import dev.assay.harness.suite.Measures;
import dev.assay.leaderboard.result.Artifact;
import dev.assay.leaderboard.result.KernelRun;
import java.nio.file.Path;
import java.util.List;
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
   * @return bytes of all weights as they run
   */
  long measure(
      Checkpoint source, Checkpoint artifact, ModelSpec architecture, ReportBuilder report) {
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
    try (RunnableModel model = RunnableModel.load(torch, artifact, architecture, execution)) {
      String forms =
          Stream.concat(
                  model.linears().stream().map(RunnableLinear::form).distinct(), between(model))
              .collect(Collectors.joining("; "));
      report.form(
          new Artifact(format(artifact), artifact.sha256(), place(artifact), forms),
          model.simulated()
              ? "no kernel here runs the stored form; the weights run as " + forms
              : null,
          model instanceof LanguageModel generating && length != null
              ? cost(generating, linears, length)
              : null,
          ungenerated,
          model.productType().label());
      report.kernels(kernels(artifact, architecture, model.linears()));
      if (measures.size()) {
        report.addAll(
            new SizeMetric(artifact.fileBytes(), source.fileBytes(), model.weightBytes(), linears)
                .measurements());
      }
      if (measures.flops() && length != null) {
        report.addAll(FlopsMetric.of(architecture.main(), linears, length));
      }
      if (measures.size() && model instanceof LanguageModel generating && length != null) {
        report.addAll(new CacheMemoryMetric(length.prompt()).measure(torch.manager(), generating));
      }
      return model.weightBytes();
    }
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
