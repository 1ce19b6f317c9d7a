package dev.assay.harness.run;

import dev.assay.harness.cli.Assay;
import dev.assay.harness.run.journal.ReportsDirectory;
import dev.assay.harness.run.need.Capacity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine;

/** A place with suites, recipes and profiles of its own, and the command line to run them. */
public final class TestBench {
  private static final Path ROOT = Path.of(System.getProperty("assay.root", ".."));

  private final Path directory;

  /**
   * @param directory existing, empty
   */
  public TestBench(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory.resolve("suites"));
    PathUtils.copyDirectory(ROOT.resolve("recipes"), directory.resolve("recipes"));
    PathUtils.copyDirectory(
        ROOT.resolve("hardware-profiles"), directory.resolve("hardware-profiles"));
  }

  /** What the command line said and how it ended. */
  public record Spoken(int exitCode, String out, String err) {}

  /** A model of the repository. */
  public static Path model(String name) {
    return ROOT.resolve("models").resolve(name).toAbsolutePath().normalize();
  }

  /** Writes a suite that takes a small perplexity and nothing else. */
  public Path suite(String name, List<Path> models, List<String> recipes) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("name: ").append(name).append("\nsummary: a test\nmodels:\n");
    models.forEach(model -> text.append("  - '").append(model).append("'\n"));
    text.append("recipes: ").append(recipes).append('\n');
    text.append("baseline: ").append(recipes.get(0)).append('\n');
    text.append("calibration: {samples: 4, length: 64}\n");
    text.append("measures:\n");
    text.append("  perplexity:\n    - {dataset: europarl-en, window: 64, maxWindows: 4}\n");
    text.append("  memory: false\n  roofline: false\n  energy: false\n");
    return Files.writeString(file(name), text.toString());
  }

  /** Where a suite of a name is. */
  public Path file(String suite) {
    return directory.resolve("suites").resolve(suite + ".yaml");
  }

  /** Where a recipe of a name is. */
  public Path recipe(String name) {
    return directory.resolve("recipes").resolve(name + ".yaml");
  }

  public ReportsDirectory reports() {
    return new ReportsDirectory(directory.resolve("reports"));
  }

  public Path cache() {
    return directory.resolve("cache");
  }

  /** Arguments with the places of this bench. */
  public List<String> here(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--reports", reports().path().toString(), "--cache", cache().toString()));
    return all;
  }

  /** Runs the command line in this process. */
  public static Spoken say(List<String> arguments) {
    return say(arguments, Capacity::ofMachine);
  }

  /** Runs the command line in this process, on a machine with some memory and disk. */
  public static Spoken say(List<String> arguments, Capacity.Probe capacity) {
    String home = System.getProperty("assay.home");
    System.setProperty("assay.home", ROOT.toString());
    try {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      CommandLine command =
          Assay.commandLine(capacity).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
      int exitCode = command.execute(arguments.toArray(String[]::new));
      return new Spoken(exitCode, out.toString(), err.toString());
    } finally {
      if (home == null) {
        System.clearProperty("assay.home");
      } else {
        System.setProperty("assay.home", home);
      }
    }
  }

  /** The command line in a process of its own, its output in a file. */
  public Process start(List<String> arguments) throws IOException {
    return new ProcessBuilder(command(arguments))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("process.log").toFile())
        .start();
  }

  /** Runs the command line in a process of its own with some variables of the environment. */
  public Spoken sayElsewhere(List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command(arguments))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    return new Spoken(exitCode, Files.readString(out), Files.readString(err));
  }

  /** Runs the command line in a process of its own, in another working directory. */
  public Spoken sayFrom(Path workingDirectory, List<String> arguments)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    int exitCode =
        new ProcessBuilder(command(arguments))
            .directory(workingDirectory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    return new Spoken(exitCode, Files.readString(out), Files.readString(err));
  }

  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Dassay.home=" + ROOT.toAbsolutePath().normalize()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Assay.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
