package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.hardware.ceiling.CeilingProbe;
import dev.assay.harness.run.cache.CacheInventory;
import dev.assay.harness.run.outcome.FailureCause;
import dev.assay.harness.run.synthetic.SyntheticCache;
import dev.assay.harness.run.synthetic.SyntheticSource;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.SyntheticModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one cell through its stages and reports after each. A failure ends up in the report. */
final class CellWork {
  private static final Duration PER_CEILING = Duration.ofMillis(400);

  private static final Logger LOG = LoggerFactory.getLogger(CellWork.class);

  private final TorchSession torch;
  private final WorkerRequest request;
  private final ReportBuilder report = new ReportBuilder();
  private final ProgressFile progress;

  CellWork(TorchSession torch, WorkerRequest request) {
    this.torch = torch;
    this.request = request;
    this.progress = new ProgressFile(Path.of(request.progress()));
  }

  void run() {
    try {
      stages();
    } catch (RuntimeException | OutOfMemoryError e) {
      report.failed(FailureCause.of(report.stage(), e));
    }
    write();
  }

  private void stages() {
    SyntheticModel synthetic = request.synthetic();
    if (synthetic != null) {
      begin("synthesize");
      SyntheticCache.beside(Path.of(request.cache()))
          .make(
              SyntheticSource.of(Path.of(synthetic.config()), synthetic),
              (tensors, all) -> progress.write(new Progress("synthesize", "tensor", tensors, all)));
    }
    begin("load");
    Checkpoint found = Checkpoint.open(Path.of(request.model()));
    ModelSpec architecture = new Families().architecture(found);
    Checkpoint source = new ModelTensors(found, architecture).only();
    report.notes(source.notes());
    source.notes().forEach(LOG::warn);
    report.model(architecture.family(), source.parameters());
    DatasetRegistry datasets = request.registry();

    if (synthetic == null && architecture.kind() == ModelSpec.Kind.CAUSAL) {
      new TextVocabulary(datasets)
          .require(source, architecture.spec().vocabularySize(), request.measures().perplexity());
    }

    // Hours of compression are not to come before word that its execution cannot be had.
    new LinearPreparer(torch, request.execution());
    begin("compress");
    Checkpoint artifact =
        new Compression(torch, request, datasets, progress::write)
            .artifact(source, architecture, report);

    // What runs is what the artifact says, not what the source was.
    ModelSpec made = new Families().architecture(artifact);
    report.notes(ExitNotes.of(made.main()));

    begin("size");
    Execution execution = execution(artifact);
    long runningBytes =
        new Form(torch, request, execution)
            .measure(source, /* model= */ architecture, artifact, /* architecture= */ made, report);

    begin("quality");
    if (synthetic != null) {
      report.addAll(
          UnsupportedMeasures.quality(request.measures().perplexity(), "synthetic weights"));
    } else if (architecture.kind() != ModelSpec.Kind.CAUSAL) {
      report.addAll(
          UnsupportedMeasures.quality(
              request.measures().perplexity(),
              architecture.family() + " does not continue text, which perplexity is about"));
    } else {
      new Quality(torch, request, execution, datasets, progress::write)
          .measure(artifact, made, report);
      inputs(artifact, made, datasets);
    }

    if (request.measures().roofline()) {
      begin("ceilings");
      report.ceilings(new CeilingProbe(torch, PER_CEILING).resident(runningBytes));
    }
  }

  /** With what is faster here among kernels, where there is something for them. */
  private Execution execution(Checkpoint artifact) {
    Execution wanted = request.execution();
    boolean hasCodes =
        artifact.quantization().isPresent()
            || artifact.hasOwnFormats()
            || artifact.gguf().isPresent();
    if (!hasCodes && wanted.dtype() == DType.FLOAT32) {
      return wanted;
    }
    KernelTimes.Found found =
        new KernelTimes(Path.of(request.cache()).resolveSibling(CacheInventory.KERNELS), request)
            .choices(torch);
    report.choices(found.choices());
    found.note().ifPresent(note -> report.notes(List.of(note)));
    return wanted.with(found.choices());
  }

  /** What the linears take in. Beside the figures: where it cannot be told, those stand. */
  private void inputs(Checkpoint artifact, ModelSpec made, DatasetRegistry datasets) {
    List<PerplexityMeasure> texts = request.measures().perplexity();
    if (texts.isEmpty()) {
      return;
    }
    try {
      report.inputs(new TextInputs(torch, datasets).of(artifact, made, texts.get(0)));
    } catch (RuntimeException e) {
      String note = "inputs of linears: not looked at: " + e.getMessage();
      LOG.warn(note, e);
      report.notes(List.of(note));
    }
  }

  private void begin(String stage) {
    report.begin(stage);
    write();
    progress.write(Progress.begun(stage));
  }

  private void write() {
    report.build().write(Path.of(request.report()));
  }
}
