package dev.assay.harness.hardware.ceiling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.hardware.ceiling.ReadingTests.Reading;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.leaderboard.result.Ceiling;
import java.util.List;
import java.util.Locale;

/**
 * Memory bandwidth by STREAM's copy and triad, and by reading alone. Bytes are counted as STREAM
 * counts them, without the reading that a cache does before a line is written.
 *
 * @see <a href="https://www.cs.virginia.edu/stream/">McCalpin, STREAM</a>
 */
final class BandwidthTests {
  private static final long COLUMNS = 4096;
  private static final int FLOAT_BYTES = 4;

  private final ScriptModule script;
  private final String device;
  private final RateSampler sampler;
  private final ReadingTests reading;
  private final String conditions;

  BandwidthTests(TorchSession torch, ScriptModule script, RateSampler sampler, String conditions) {
    this.script = script;
    this.device = torch.device().label();
    this.sampler = sampler;
    this.reading = new ReadingTests(torch, script, sampler);
    this.conditions = conditions;
  }

  /** {@code copy}, {@code triad} and {@code read} on arrays that take {@code bytes} together. */
  List<Ceiling> streaming(NDManager scope, long bytes) {
    long rows = Math.max(1, bytes / 3 / FLOAT_BYTES / COLUMNS);
    double array = rows * COLUMNS * FLOAT_BYTES;
    NDArray a = filled(scope, rows * COLUMNS);
    NDArray b = filled(scope, rows * COLUMNS);
    NDArray c = filled(scope, rows * COLUMNS);
    Ceiling copy = copy("copy", a, b, array);
    Ceiling triad =
        ceiling(
            "triad",
            sampler.sample(3 * array, times -> script.run("triad", b, c, a, times)),
            "a = b + 3·c in float32",
            3 * array);
    // Over all three arrays in turn, so that none stays in the cache.
    Ceiling read = read(scope, "read", List.of(a, b, c), rows);
    return List.of(copy, triad, read);
  }

  /** {@code copy-cache} and {@code read-cache} on a working set of {@code bytes}. */
  List<Ceiling> resident(NDManager scope, long bytes) {
    long rows = Math.max(2, bytes / FLOAT_BYTES / COLUMNS);
    NDArray matrix = filled(scope, rows * COLUMNS);
    double array = rows / 2 * COLUMNS * FLOAT_BYTES;
    Ceiling copy =
        copy(
            "copy-cache",
            filled(scope, rows / 2 * COLUMNS),
            filled(scope, rows / 2 * COLUMNS),
            array);
    return List.of(copy, read(scope, "read-cache", List.of(matrix), rows));
  }

  private Ceiling read(NDManager scope, String name, List<NDArray> arrays, long rows) {
    Reading found = reading.fastest(arrays, filled(scope, COLUMNS), filled(scope, rows));
    double size = (double) arrays.size() * rows * COLUMNS * FLOAT_BYTES;
    return ceiling(name, found.rates(), found.work(), size);
  }

  private Ceiling copy(String name, NDArray source, NDArray target, double array) {
    return ceiling(
        name,
        sampler.sample(2 * array, times -> script.run("copy", source, target, times)),
        "a = b in float32",
        2 * array);
  }

  private NDArray filled(NDManager scope, long elements) {
    return script.call(scope, "filled", elements, DType.FLOAT32.scriptCode(), device);
  }

  private Ceiling ceiling(String name, Taken<List<Double>> samples, String work, double bytes) {
    String source =
        String.format(Locale.ROOT, "%s over %.0f MiB, %s", work, bytes / 0x1p20, conditions);
    return CeilingKind.BANDWIDTH.measured(name, "any", samples, source);
  }
}
