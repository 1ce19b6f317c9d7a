package dev.assay.harness.suite;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of a cell.
 *
 * @param perplexity perplexities to take
 * @param latency how latency is taken; null for not at all
 * @param size whether sizes and ratios of sizes are computed
 * @param flops whether FLOPs are computed
 * @param memory whether peak resident memory is measured
 * @param roofline whether the machine's ceilings are measured and the cell placed below them
 * @param energy whether energy is measured, where there are counters
 * @param stages whether the first perplexity is taken behind each stage of a recipe of several, too
 */
public record Measures(
    @Default("[]") @Describe("perplexities to take") List<PerplexityMeasure> perplexity,
    @Describe("how latency is taken; not at all if left out") @Nullable LatencyMeasure latency,
    @Default("true") @Describe("compute sizes and their ratios") boolean size,
    @Default("true") @Describe("compute FLOPs a token") boolean flops,
    @Default("true") @Describe("measure peak resident memory") boolean memory,
    @Default("true") @Describe("measure the machine's ceilings and place the cell below them")
        boolean roofline,
    @Default("true") @Describe("measure energy, where the machine counts it") boolean energy,
    @Default("true")
        @Describe("take the first perplexity behind each stage of a recipe of several, too")
        boolean stages) {
  public Measures {
    perplexity = List.copyOf(perplexity);
    if (new HashSet<>(perplexity).size() < perplexity.size()) {
      throw new InvalidValueException(
          "perplexity", "one perplexity twice", "each to differ from the others");
    }
  }
}
