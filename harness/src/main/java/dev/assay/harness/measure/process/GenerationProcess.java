package dev.assay.harness.measure.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.process.ForkedJvm;
import dev.assay.harness.process.ProcessDiedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs {@link GenerationMain} in a JVM of its own, with the class path of this one. */
public final class GenerationProcess {
  /** Keeps the heap out of the way of what is measured; weights are native. */
  static final List<String> JVM_ARGUMENTS =
      List.of("-Xmx1g", "-XX:+UseSerialGC", "-Djava.awt.headless=true");

  private final GenerationSettings settings;

  public GenerationProcess(GenerationSettings settings) {
    this.settings = settings;
  }

  /**
   * Generates for a while.
   *
   * @param seconds shortest time; 0 for a single generation
   * @param directory existing directory for the request, the report and the process's output
   * @param name begins the names of these files
   * @param environment variables on top of those of this process
   * @throws ProcessDiedException if the process does not report
   */
  public GenerationReport run(
      double seconds, Path directory, String name, Map<String, String> environment) {
    Path request = directory.resolve(name + "-request.json");
    Path report = directory.resolve(name + "-report.json");
    Path log = directory.resolve(name + ".log");
    ObjectMapper json = new ObjectMapper();
    try {
      Files.deleteIfExists(report);
      json.writeValue(request.toFile(), GenerationRequest.of(settings, seconds));
      List<String> jvm = new ArrayList<>(JVM_ARGUMENTS);
      jvm.add("-Dai.djl.pytorch.num_threads=" + settings.threads());
      new ForkedJvm(name, GenerationMain.class, jvm, environment, log)
          .run(
              List.of(request.toAbsolutePath().toString(), report.toAbsolutePath().toString()),
              () -> {});
      return json.readValue(report.toFile(), GenerationReport.class);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run the " + name + " process", e);
    }
  }
}
