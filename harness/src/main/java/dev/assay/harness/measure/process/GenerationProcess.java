package dev.assay.harness.measure.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.harness.measure.generation.GenerationSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@link GenerationMain} in a JVM of its own, with the class path of this one. */
public final class GenerationProcess {
  /** Keeps the heap out of the way of what is measured; weights are native. */
  static final List<String> JVM_ARGUMENTS =
      List.of("-Xmx1g", "-XX:+UseSerialGC", "-Djava.awt.headless=true");

  private static final int LAST_LINES = 20;

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
   * @throws ProcessDiedException if the process does not report
   */
  public GenerationReport run(double seconds, Path directory, String name) {
    Path request = directory.resolve(name + "-request.json");
    Path report = directory.resolve(name + "-report.json");
    Path log = directory.resolve(name + ".log");
    ObjectMapper json = new ObjectMapper();
    try {
      Files.deleteIfExists(report);
      json.writeValue(request.toFile(), GenerationRequest.of(settings, seconds));
      ProcessBuilder builder =
          new ProcessBuilder(command(request, report))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      // Lets resident memory follow frees instead of the allocator's own growing threshold.
      builder.environment().put("MALLOC_MMAP_THRESHOLD_", "131072");
      int status = waitFor(builder.start());
      if (status != 0 || !Files.exists(report)) {
        throw new ProcessDiedException(name, status, lastLines(log), log);
      }
      return json.readValue(report.toFile(), GenerationReport.class);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run the " + name + " process", e);
    }
  }

  private List<String> command(Path request, Path report) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_ARGUMENTS);
    command.add("-Dai.djl.pytorch.num_threads=" + settings.threads());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(GenerationMain.class.getName());
    command.add(request.toAbsolutePath().toString());
    command.add(report.toAbsolutePath().toString());
    return command;
  }

  private static int waitFor(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a process", e);
    }
  }

  private static List<String> lastLines(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
  }
}
