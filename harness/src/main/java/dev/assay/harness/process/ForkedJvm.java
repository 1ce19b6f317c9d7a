package dev.assay.harness.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a main class in a JVM of its own, with the class path of this one. The process ends when
 * this one is interrupted; {@link ParentWatch} ends it when this one dies.
 *
 * @param name what the process is for, in messages
 * @param mainClass class whose {@code main} runs
 * @param jvmArguments arguments of the virtual machine
 * @param environment variables on top of those of this process
 * @param log file for what it writes
 */
public record ForkedJvm(
    String name,
    Class<?> mainClass,
    List<String> jvmArguments,
    Map<String, String> environment,
    Path log) {
  /**
   * Has the C library give memory back as soon as it is freed, so that resident memory tells what
   * is in use. Twice as slow where large tensors come and go, so only for measuring memory.
   */
  public static final Map<String, String> PROMPT_FREES = Map.of("MALLOC_MMAP_THRESHOLD_", "131072");

  /** Has the C library keep some freed memory for the tensors to come. */
  public static final Map<String, String> KEPT_MEMORY =
      Map.of(
          "MALLOC_MMAP_THRESHOLD_", "33554432",
          "MALLOC_TRIM_THRESHOLD_", "268435456",
          "MALLOC_TOP_PAD_", "67108864");

  /**
   * Options for processes that spend their time in native code and are not timed: on few cores the
   * optimising compiler costs more than it gains.
   */
  public static final List<String> NATIVE_WORK =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private static final int LAST_LINES = 20;
  private static final long POLL_MILLIS = 100;

  public ForkedJvm {
    jvmArguments = List.copyOf(jvmArguments);
    environment = Map.copyOf(environment);
  }

  /**
   * Runs the class to its end.
   *
   * @param arguments arguments of {@code main}
   * @param whileRunning called again and again until the process has ended, and once more then
   * @throws ProcessDiedException if it ends with another status than 0
   */
  public void run(List<String> arguments, Runnable whileRunning) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command(arguments))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      int status = waitFor(builder.start(), whileRunning);
      if (status != 0) {
        throw new ProcessDiedException(name, status, lastLines(), log);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run the " + name + " process", e);
    }
  }

  private List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass.getName());
    command.addAll(arguments);
    return command;
  }

  private static int waitFor(Process process, Runnable whileRunning) {
    try {
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        whileRunning.run();
      }
      whileRunning.run();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a process", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> lastLines() throws IOException {
    // The output of native code need not be valid text.
    List<String> lines =
        new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
  }
}
