package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.BadInputException;
import dev.assay.harness.hardware.CpuFamily;
import dev.assay.harness.hardware.Reading;
import dev.assay.leaderboard.result.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the profile that a machine answers to. */
public final class ProfileMatcher {
  /** The name under which suites ask for the profile of the machine at hand. */
  public static final String AUTO = "auto";

  private final HardwareProfiles profiles;

  public ProfileMatcher(HardwareProfiles profiles) {
    this.profiles = profiles;
  }

  /**
   * The profile of a name, or for {@link #AUTO} the one that the machine answers to.
   *
   * @throws BadInputException if there is no profile of that name
   */
  public Reading<ProfileMatch> choose(String name, ProcessorKind device, Environment environment) {
    return name.equals(AUTO)
        ? match(device, environment)
        : Reading.of(new ProfileMatch(profiles.named(name), "named by the suite"));
  }

  /**
   * The profile whose description fits: the one with the most criteria if several do, a fallback if
   * none does. Unavailable with the reason if there is not even that.
   */
  public Reading<ProfileMatch> match(ProcessorKind device, Environment environment) {
    Optional<ProfileMatch> best = Optional.empty();
    int mostCriteria = 0;
    for (HardwareProfile profile : profiles.all()) {
      if (profile.device() == device) {
        Optional<List<String>> evidence = evidence(profile.match(), environment);
        int criteria = profile.match().fallback() ? 0 : evidence.map(List::size).orElse(0);
        if (evidence.isPresent() && (best.isEmpty() || criteria > mostCriteria)) {
          mostCriteria = criteria;
          String fallback = profile.match().fallback() ? "no profile of its own; fallback: " : "";
          best =
              Optional.of(new ProfileMatch(profile, fallback + String.join(", ", evidence.get())));
        }
      }
    }
    return best.map(Reading::of)
        .orElseGet(
            () -> Reading.unavailable("no hardware profile fits " + describe(device, environment)));
  }

  /** What speaks for a profile; empty if anything speaks against it. */
  private static Optional<List<String>> evidence(Match match, Environment environment) {
    List<String> found = new ArrayList<>();
    Environment.Cpu cpu = environment.cpu();
    Optional<CpuFamily> id = CpuFamily.parse(cpu.family());
    String vendor = match.vendor();
    if (vendor != null) {
      if (!vendor.equals(cpu.vendor())) {
        return Optional.empty();
      }
      found.add("vendor " + vendor);
    }
    Integer family = match.family();
    if (family != null) {
      if (id.isEmpty() || id.get().family() != family) {
        return Optional.empty();
      }
      found.add("family " + family);
    }
    if (!match.models().isEmpty()) {
      if (id.isEmpty() || !match.models().contains(id.get().model())) {
        return Optional.empty();
      }
      found.add("model " + id.get().model());
    }
    if (!match.instructionSets().isEmpty()) {
      if (!cpu.instructionSets().containsAll(match.instructionSets())) {
        return Optional.empty();
      }
      found.add("instruction sets " + match.instructionSets());
    }
    if (!match.gpuNames().isEmpty()) {
      Optional<String> gpu = gpu(match, environment);
      if (gpu.isEmpty()) {
        return Optional.empty();
      }
      found.add("GPU '" + gpu.get() + "'");
    }
    return Optional.of(found);
  }

  private static Optional<String> gpu(Match match, Environment environment) {
    return environment.gpus().stream()
        .map(Environment.Gpu::name)
        .filter(name -> match.gpuNames().stream().anyMatch(name::matches))
        .findFirst();
  }

  private static String describe(ProcessorKind device, Environment environment) {
    return device == ProcessorKind.CPU
        ? "CPU '" + environment.cpu().name() + "' (" + environment.cpu().family() + ")"
        : "GPUs " + environment.gpus().stream().map(Environment.Gpu::name).toList();
  }
}
