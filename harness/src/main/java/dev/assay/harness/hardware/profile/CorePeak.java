package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Highest arithmetic rate of one core, so that a slice of a processor can be rated. A multiply-add
 * counts as two operations.
 *
 * @param dtype type of the factors
 * @param operationsPerCycle operations that one core can finish in a clock cycle
 * @param requires instruction sets without which the rate is out of reach, by the names of Linux'
 *     {@code /proc/cpuinfo}
 * @param source key of the profile's sources
 */
public record CorePeak(
    @Describe("type of the factors") Arithmetic dtype,
    @Describe("operations that a core can finish in a clock cycle; a multiply-add is two")
        double operationsPerCycle,
    @Default("[]") @Describe("instruction sets that it takes, as /proc/cpuinfo names them")
        List<String> requires,
    @Describe("key of the profile's sources") String source) {
  public CorePeak {
    Require.that(
        operationsPerCycle > 0, "operationsPerCycle", operationsPerCycle, "a number above 0");
    requires = List.copyOf(requires);
  }

  /** Whether a processor with these instruction sets reaches the rate. */
  public boolean availableWith(Collection<String> instructionSets) {
    Set<String> missing = new HashSet<>(requires);
    missing.removeAll(instructionSets);
    return missing.isEmpty();
  }
}
