package dev.assay.harness.run.worker;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.CanonicalYaml;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.run.artifact.ArtifactOrigin;
import dev.assay.harness.suite.Device;
import dev.assay.harness.suite.Measures;
import dev.assay.harness.suite.SyntheticModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is to do. Travels as a YAML file, as the parts of suites do.
 *
 * @param model directory of the checkpoint
 * @param synthetic how the checkpoint is made if it is synthetic and not there, its configuration
 *     as a path; null if it is a model of somebody's
 * @param recipe file of the recipe, with nothing left open
 * @param artifactKey key of the artifact
 * @param origin what the artifact is made from and by
 * @param cache directory of the cache of artifacts
 * @param datasets directories in which data sets are looked for first
 * @param texts where the text files are that the suite names
 * @param measures what is measured
 * @param device where the cell runs
 * @param dtype arithmetic of the execution
 * @param activations what kernels of packed weights may do to activations
 * @param threads threads of the kernels
 * @param machine hash of the hardware
 * @param build hash of the code that can change figures
 * @param report file for the report
 * @param progress file for the progress
 */
public record WorkerRequest(
    @Describe("directory of the checkpoint") String model,
    @Describe("how the checkpoint is made") @Nullable SyntheticModel synthetic,
    @Describe("file of the recipe") String recipe,
    @Describe("key of the artifact") String artifactKey,
    @Describe("what the artifact is made from and by") ArtifactOrigin origin,
    @Describe("directory of artifacts") String cache,
    @Describe("directories of data sets") List<String> datasets,
    @Describe("text files") List<TextPlace> texts,
    @Describe("what is measured") Measures measures,
    @Default("cpu") @Describe("kind of device") Device device,
    @Describe("arithmetic of the execution") DType dtype,
    @Default("native") @Describe("what kernels may do to activations") KernelInputs activations,
    @Describe("threads of the kernels") int threads,
    @Default("") @Describe("hash of the hardware") String machine,
    @Default("") @Describe("hash of the code") String build,
    @Describe("file for the report") String report,
    @Describe("file for the progress") String progress) {
  /** Its name in the logs of a cell. */
  public static final String FILE = "worker-request.yaml";

  public WorkerRequest {
    datasets = List.copyOf(datasets);
    texts = List.copyOf(texts);
  }

  /** Packed weights where kernels exist, on the target's device and in its arithmetic. */
  Execution execution() {
    return Execution.packed(device.torch(), dtype, activations);
  }

  /** The data sets that the cell can read. */
  DatasetRegistry registry() {
    return DatasetRegistry.fromEnvironment(datasets.stream().map(Path::of).toList())
        .with(TextPlace.asMap(texts));
  }

  /** Writes the request. */
  public void write(Path file) {
    try {
      Files.writeString(file, CanonicalYaml.write(CanonicalYaml.tree(this)));
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** What was measured of a cell, by the request that lies in its logs; empty where none does. */
  public static Optional<Measures> measures(Path logs) {
    Path file = logs.resolve(FILE);
    try {
      return Files.isRegularFile(file) ? Optional.of(read(file).measures()) : Optional.empty();
    } catch (BadInputException e) {
      // Of another version of Assay, or of a process that was killed while it wrote.
      return Optional.empty();
    }
  }

  static WorkerRequest read(Path file) {
    return new YamlBinder().read(file, WorkerRequest.class);
  }
}
