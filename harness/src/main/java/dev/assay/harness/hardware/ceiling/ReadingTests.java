package dev.assay.harness.hardware.ceiling;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How fast arrays are read alone: by a matrix-vector product in float32, which is what decoding
 * does, and by an op of our own that takes their bytes as they lie. Libtorch's product reaches no
 * more than half of what memory gives on some processors (AMD's of the fourth generation), so that
 * the faster of both is what the machine can do.
 */
final class ReadingTests {
  private static final long COLUMNS = 4096;

  private final ScriptModule products;
  private final Optional<ScriptModule> bytes;
  private final RateSampler sampler;
  private final int threads;

  /**
   * @param products {@code ceilings.py}
   */
  ReadingTests(TorchSession torch, ScriptModule products, RateSampler sampler) {
    this.products = products;
    this.bytes =
        NativeOps.areHere()
            ? Optional.of(torch.script(ReadingTests.class, "reading.py"))
            : Optional.empty();
    this.sampler = sampler;
    this.threads = torch.threads();
  }

  /**
   * Rates of one way to read.
   *
   * @param work what reads, in words
   */
  record Reading(Taken<List<Double>> rates, String work) {
    /**
     * The faster one; where the slower was disturbed that may be the faster in truth, and the other
     * counts as disturbed, too.
     */
    Reading orFaster(Reading other) {
      boolean isFaster = Collections.max(other.rates.value()) > Collections.max(rates.value());
      Reading faster = isFaster ? other : this;
      Reading slower = isFaster ? this : other;
      String disturbed = slower.rates.disturbed();
      if (faster.rates.disturbed() != null || disturbed == null) {
        return faster;
      }
      return new Reading(
          new Taken<>(
              faster.rates.value(),
              faster.rates.conditions(),
              slower.work + ": " + disturbed,
              faster.rates.seen()),
          faster.work);
    }
  }

  /**
   * The faster way to read arrays, all of which are read in turn.
   *
   * @param arrays float32, whole rows of 4096 each and as long as one another
   * @param x float32 [4096]
   * @param y float32, of the rows of an array
   */
  Reading fastest(List<NDArray> arrays, NDArray x, NDArray y) {
    double size = arrays.stream().mapToDouble(each -> each.size() * (double) Float.BYTES).sum();
    Reading product =
        new Reading(
            sampler.sample(size, times -> products.run("read", arrays, COLUMNS, x, y, times)),
            "y = matrix · x in float32");
    if (bytes.isEmpty()) {
      return product;
    }
    ScriptModule own = bytes.get();
    Reading whole =
        new Reading(
            sampler.sample(size, times -> own.callForLong("read", arrays, (long) threads, times)),
            "reading all bytes by an op of our own");
    return product.orFaster(whole);
  }
}
