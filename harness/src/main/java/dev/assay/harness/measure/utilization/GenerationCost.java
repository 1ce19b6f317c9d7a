package dev.assay.harness.measure.utilization;

import dev.assay.harness.measure.cache.ContextMemory;
import dev.assay.harness.measure.flops.DecoderFlops;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.leaderboard.result.Measurement;

/**
 * What a generation takes at least.
 *
 * @param flops dense-equivalent count
 * @param effective count with zeros skipped
 * @param traffic bytes that have to be moved
 * @param length tokens of the prompt and tokens written
 * @param batch sequences at once
 * @param context what contexts take
 */
public record GenerationCost(
    DecoderFlops flops,
    DecoderFlops effective,
    ModelTraffic traffic,
    GenerationLength length,
    int batch,
    ContextMemory context) {

  /** Reading the prompt of every sequence. */
  Work prefill(Measurement timeToFirstToken) {
    return new Work(
        "prefill",
        batch * flops.prefill(length.prompt()),
        batch * effective.prefill(length.prompt()),
        traffic.prefill(batch, length.prompt()),
        seconds(timeToFirstToken),
        timeToFirstToken.disturbed());
  }

  /** One further token of every sequence, at the mean context. */
  Work decode(Measurement timePerOutputToken) {
    return new Work(
        "decode",
        batch * flops.decode(length.meanContext()),
        batch * effective.decode(length.meanContext()),
        traffic.decode(batch, length.meanContext()),
        seconds(timePerOutputToken),
        timePerOutputToken.disturbed());
  }

  private static double seconds(Measurement time) {
    Double value = time.value();
    if (value == null) {
      throw new IllegalArgumentException(time.metric() + " has no value: " + time.note());
    }
    return value;
  }
}
