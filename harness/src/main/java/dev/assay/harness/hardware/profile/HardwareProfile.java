package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a processor's documents say of its limits, and which machines that holds for. This record is
 * the schema of the files in {@code hardware-profiles/}.
 *
 * @param name name, equal to the file's without {@code .yaml}
 * @param title name for people
 * @param device kind of device
 * @param match how the machine is recognised
 * @param peaks arithmetic rates of the whole device; for GPUs
 * @param corePeaks arithmetic rates of a core and cycle; for CPUs
 * @param clock clock to go with {@code corePeaks}
 * @param memory memory; absent if nothing general can be said
 * @param power power; absent if nothing general can be said
 * @param sources citation of every document that a figure comes from, by a short key
 */
public record HardwareProfile(
    @Describe("name, equal to the file's without .yaml") String name,
    @Describe("name for people") String title,
    @Describe("kind of device") ProcessorKind device,
    @Describe("how the machine is recognised") Match match,
    @Default("[]") @Describe("arithmetic rates of the whole device; for GPUs") List<Peak> peaks,
    @Default("[]") @Describe("arithmetic rates of a core and cycle; for CPUs")
        List<CorePeak> corePeaks,
    @Describe("clock to go with corePeaks where the kernel tells none") @Nullable Clock clock,
    @Describe("memory; left out if nothing general can be said") @Nullable DeviceMemory memory,
    @Describe("power; left out if nothing general can be said") @Nullable Power power,
    @Describe("citation of every document that a figure comes from, by a short key")
        Map<String, String> sources) {
  public HardwareProfile {
    peaks = List.copyOf(peaks);
    corePeaks = List.copyOf(corePeaks);
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
    Require.that(
        name.matches("[a-z0-9]+(-[a-z0-9]+)*"), "name", name, "lower-case words joined by '-'");
    boolean cpu = device == ProcessorKind.CPU;
    Require.that(
        peaks.isEmpty() == cpu, "peaks", peaks.size() + " peaks", cpu ? "none for a CPU" : "some");
    Require.that(
        corePeaks.isEmpty() != cpu,
        "corePeaks",
        corePeaks.size() + " peaks",
        cpu ? "some" : "none for a GPU");
    Require.that(
        cpu || !match.gpuNames().isEmpty(), "match", "no gpuNames", "how a GPU is recognised");
    Require.that(
        peaks.stream().map(Peak::dtype).distinct().count() == peaks.size(),
        "peaks",
        peaks.stream().map(Peak::dtype).toList(),
        "each dtype once");
    for (String source : citedSources(peaks, corePeaks, clock, memory, power)) {
      Require.that(
          sources.containsKey(source), "sources", sources.keySet(), "also '" + source + "'");
    }
  }

  /** The document behind a figure, as it is cited. */
  public String citation(String source) {
    String citation = sources.get(source);
    if (citation == null) {
      throw new IllegalArgumentException(name + " cites no '" + source + "'");
    }
    return citation;
  }

  private static List<String> citedSources(
      List<Peak> peaks,
      List<CorePeak> corePeaks,
      @Nullable Clock clock,
      @Nullable DeviceMemory memory,
      @Nullable Power power) {
    List<String> cited = new ArrayList<>();
    peaks.forEach(peak -> cited.add(peak.source()));
    corePeaks.forEach(peak -> cited.add(peak.source()));
    if (clock != null) {
      cited.add(clock.source());
    }
    if (memory != null) {
      cited.add(memory.source());
    }
    if (power != null) {
      cited.add(power.source());
    }
    return cited;
  }
}
