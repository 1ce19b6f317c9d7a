package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * How the machines that a profile is about are recognised. Everything that is given must hold.
 *
 * @param vendor CPUID vendor, for example {@code GenuineIntel}
 * @param family CPUID family
 * @param models CPUID models, any of them
 * @param instructionSets instruction sets, all of them
 * @param gpuNames regular expressions of which one must fit a GPU's whole name
 * @param fallback whether the profile stands in where no other fits
 */
public record Match(
    @Describe("CPUID vendor, for example GenuineIntel") @Nullable String vendor,
    @Describe("CPUID family") @Nullable Integer family,
    @Default("[]") @Describe("CPUID models, any of them") List<Integer> models,
    @Default("[]") @Describe("instruction sets, all of them") List<String> instructionSets,
    @Default("[]") @Describe("regular expressions, one of which fits the GPU's whole name")
        List<String> gpuNames,
    @Default("false") @Describe("stands in where no other profile fits") boolean fallback) {
  public Match {
    models = List.copyOf(models);
    instructionSets = List.copyOf(instructionSets);
    gpuNames = List.copyOf(gpuNames);
    for (String name : gpuNames) {
      try {
        Pattern.compile(name);
      } catch (PatternSyntaxException e) {
        throw new InvalidValueException(
            "gpuNames", "'" + name + "'", "a regular expression: " + e.getDescription());
      }
    }
  }
}
