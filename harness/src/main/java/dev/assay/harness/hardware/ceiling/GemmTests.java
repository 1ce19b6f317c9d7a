package dev.assay.harness.hardware.ceiling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.leaderboard.result.Ceiling;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;

/** Rate of square matrix multiplications; in int8 with sums in int32. */
final class GemmTests {
  private static final long SMALLEST = 256;
  private static final long LARGEST = 2048;

  /** A product that takes longer is not doubled any more: types without kernels crawl. */
  private static final Duration LONG = Duration.ofMillis(12);

  private final ScriptModule script;
  private final String device;
  private final RateSampler sampler;
  private final String conditions;

  GemmTests(ScriptModule script, TorchDevice device, RateSampler sampler, String conditions) {
    this.script = script;
    this.device = device.label();
    this.sampler = sampler;
    this.conditions = conditions;
  }

  /** {@code gemm} in a type, on the largest matrices up to 2048 × 2048 that are quick enough. */
  Ceiling measure(NDManager scope, DType type) {
    long size = SMALLEST;
    while (size < LARGEST && sampler.timeOnce(work(scope, type, size)).compareTo(LONG) < 0) {
      size *= 2;
    }
    double operations = 2.0 * size * size * size;
    Taken<List<Double>> samples = sampler.sample(operations, work(scope, type, size));
    String source =
        String.format(Locale.ROOT, "%d × %d × %d matrix product, %s", size, size, size, conditions);
    return CeilingKind.COMPUTE.measured("gemm", type.label(), samples, source);
  }

  private LongConsumer work(NDManager scope, DType type, long size) {
    DType sum = type == DType.INT8 ? DType.INT32 : type;
    String method = type == DType.INT8 ? "multiply_int8" : "multiply";
    NDArray a = script.call(scope, "matrix", size, type.scriptCode(), device);
    NDArray b = script.call(scope, "matrix", size, type.scriptCode(), device);
    NDArray c = script.call(scope, "matrix", size, sum.scriptCode(), device);
    // Once untimed: the first product of a shape also builds its kernel.
    script.run(method, a, b, c, 1L);
    return times -> script.run(method, a, b, c, times);
  }
}
