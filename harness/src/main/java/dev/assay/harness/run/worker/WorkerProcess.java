package dev.assay.harness.run.worker;

import dev.assay.harness.process.ForkedJvm;
import dev.assay.harness.run.artifact.ArtifactKey;
import dev.assay.harness.run.artifact.ArtifactOrigin;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.run.synthetic.SyntheticCache;
import dev.assay.harness.run.synthetic.SyntheticSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs {@link WorkerMain} for a cell in a JVM of its own. */
public final class WorkerProcess {
  private final PlannedCell cell;
  private final String recipe;
  private final int threads;
  private final String machine;
  private final Path logs;
  private final Path report;

  /**
   * @param recipe the cell's recipe as the suite resolved it, in YAML
   * @param threads threads of the kernels
   * @param machine hash of the hardware
   * @param logs existing directory for all files of the process
   */
  public WorkerProcess(PlannedCell cell, String recipe, int threads, String machine, Path logs) {
    this.cell = cell;
    this.recipe = recipe;
    this.threads = threads;
    this.machine = machine;
    this.logs = logs.toAbsolutePath();
    this.report = this.logs.resolve("worker-report.json");
  }

  /**
   * Runs the worker to its end.
   *
   * @param artifacts directory of the cache of artifacts
   * @param datasets directories in which data sets are looked for first
   * @param texts where the text files are that the suite names
   * @param progress hears how far the worker is
   * @throws dev.assay.harness.process.ProcessDiedException if it ends without a last report
   */
  public void run(
      Path artifacts, List<Path> datasets, Map<String, Path> texts, Consumer<Progress> progress) {
    ProgressFile progressFile = new ProgressFile(logs.resolve("worker-progress.json"));
    Path request = logs.resolve(WorkerRequest.FILE);
    try {
      Files.deleteIfExists(report);
      Files.deleteIfExists(progressFile.path());
    } catch (IOException e) {
      throw new UncheckedIOException(logs + ": cannot be written: " + e.getMessage(), e);
    }
    new WorkerRequest(
            model(artifacts).toAbsolutePath().toString(),
            SyntheticSource.of(cell.spec()).map(SyntheticSource::asModel).orElse(null),
            recipe().toString(),
            ArtifactKey.of(cell).id(),
            new ArtifactOrigin(
                cell.spec().model().name(),
                cell.spec().recipe().name(),
                cell.build().compression(),
                cell.build().sampling()),
            artifacts.toAbsolutePath().toString(),
            datasets.stream().map(path -> path.toAbsolutePath().toString()).toList(),
            TextPlace.of(texts),
            cell.spec().measures(),
            cell.spec().target().device(),
            cell.spec().dtype(),
            cell.spec().activations(),
            threads,
            machine,
            cell.build().figures(),
            report.toString(),
            progressFile.path().toString())
        .write(request);
    new ForkedJvm(
            "worker",
            WorkerMain.class,
            jvmArguments(threads),
            ForkedJvm.KEPT_MEMORY,
            logs.resolve("worker.log"))
        .run(List.of(request.toString()), new Changes(progressFile, progress));
  }

  private Path model(Path artifacts) {
    return SyntheticSource.of(cell.spec())
        .map(source -> SyntheticCache.beside(artifacts).directory(source))
        .orElse(cell.spec().modelPath());
  }

  private static List<String> jvmArguments(int threads) {
    List<String> arguments = new ArrayList<>(ForkedJvm.NATIVE_WORK);
    arguments.add("-Xmx1g");
    arguments.add("-Dai.djl.pytorch.num_threads=" + threads);
    return arguments;
  }

  /** Passes on what is new in a file of progress. */
  private static final class Changes implements Runnable {
    private final ProgressFile file;
    private final Consumer<Progress> listener;
    private Optional<Progress> last = Optional.empty();

    Changes(ProgressFile file, Consumer<Progress> listener) {
      this.file = file;
      this.listener = listener;
    }

    @Override
    public void run() {
      Optional<Progress> now = file.read();
      if (!now.equals(last)) {
        now.ifPresent(listener);
        last = now;
      }
    }
  }

  /** What the worker found; what it had so far if it died. */
  public WorkerReport report() {
    return WorkerReport.read(report).orElse(WorkerReport.NOTHING);
  }

  /** Writes the recipe under the name that it wants to have; the worker alone reads it. */
  private Path recipe() {
    Path file = logs.resolve("recipe").resolve(cell.spec().recipe().name() + ".yaml");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, recipe);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
