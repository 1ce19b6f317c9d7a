package dev.assay.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compresses a model of 500 MB, layers of 113 MB in float32, in a process with a small heap: what
 * it takes above a process that has libtorch is below three layers and the activations.
 */
@Tag("slow")
class MemoryBoundTest {
  private static final List<String> SHAPE = List.of("1536", "4096", "8", "8192");
  private static final int TIMEOUT_MINUTES = 10;

  @TempDir static Path scratch;

  @BeforeAll
  static void countsAreThere() {
    assumeTrue(
        Files.exists(ProcessMemory.STATUS),
        () -> "skipped: memory is read from " + ProcessMemory.STATUS);
  }

  /** Of a walk that was broken off what it had done, so that it can go on, and nothing else. */
  @AfterAll
  static void whatIsLeftIsOfBrokenWalks() throws IOException {
    try (var files = Files.list(scratch)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.startsWith(".made-by"))
          .isSubsetOf(".made-by-gptq-working", ".made-by-block-qat-working");
    }
  }

  @Test
  void roundingToNearestTakesLessThanThreeLayers() throws Exception {
    MemoryFigures figures = run("rtn", 8);

    assertThat(figures.checkpoint()).isBetween(480_000_000L, 520_000_000L);
    assertThat(figures.layer()).isEqualTo(4L * (4 * 1536 * 1536 + 3 * 1536 * 4096));
    assertThat(figures.rows()).hasSize(8 + 2);
    assertThat(figures.peak() - figures.base()).isLessThan(3 * figures.layer());
  }

  @Test
  void gptqTakesLessThanThreeLayersAndTheActivations() throws Exception {
    MemoryFigures figures = run("gptq", 1);

    assertThat(figures.rows()).hasSize(1);
    assertThat(figures.peak() - figures.base())
        .isLessThan(3 * figures.layer() + figures.activations());
  }

  /**
   * The layer as it is and as it is rounded, and of what is trained values, gradients, two moments
   * and what passes through the rounding; samples once more for each stream and what is wanted.
   * Nothing of that stays behind.
   */
  @Test
  void trainingALayerWithItsGridsTakesEightLayersAndLeavesNone() throws Exception {
    MemoryFigures figures = run("block-qat", 1);

    assertThat(figures.rows()).hasSize(1);
    assertThat(figures.peak() - figures.base())
        .isLessThan(8 * figures.layer() + 3 * figures.activations());
    assertThat(figures.left() - figures.base()).isLessThan(figures.layer());
  }

  private static MemoryFigures run(String method, int layers) throws Exception {
    Path out = scratch.resolve(method + ".csv");
    Path log = scratch.resolve(method + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dai.djl.pytorch.num_threads=2",
            "-cp",
            System.getProperty("java.class.path"),
            MemoryBench.class.getName(),
            scratch.toString(),
            method,
            out.toString());
    builder.command().addAll(SHAPE);
    if (layers < 8) {
      builder.command().add(String.valueOf(layers));
    }
    builder.environment().put("MALLOC_MMAP_THRESHOLD_", "131072");
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      process.destroyForcibly();
    }
    return MemoryFigures.read(out);
  }
}
