package dev.assay.harness.run.machine;

import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.ceiling.MeasuredCeilings;
import dev.assay.harness.hardware.ceiling.ProfileCeilings;
import dev.assay.harness.hardware.environment.EnvironmentProbe;
import dev.assay.harness.hardware.profile.HardwareProfiles;
import dev.assay.harness.hardware.profile.ProcessorKind;
import dev.assay.harness.hardware.profile.ProfileMatch;
import dev.assay.harness.hardware.profile.ProfileMatcher;
import dev.assay.harness.suite.Device;
import dev.assay.harness.suite.ResolvedTarget;
import dev.assay.harness.suite.SuiteTarget;
import dev.assay.harness.suite.Threads;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.result.MachineId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The machine at hand: its environment, its profile, and its ceilings, measured once a run. */
public final class Machine {
  private final EnvironmentProbe probe;
  private final ProfileMatcher profiles;
  private final Map<Integer, MeasuredCeilings> measured = new ConcurrentHashMap<>();
  private @Nullable Environment hardware;

  /**
   * @param checkout top directory of Assay's own checkout
   * @param profiles the profiles known
   */
  public Machine(Path checkout, HardwareProfiles profiles) {
    this.probe = new EnvironmentProbe(checkout);
    this.profiles = new ProfileMatcher(profiles);
  }

  /** Threads that a target gets here; {@code auto} stands for all physical cores at hand. */
  public int threads(Threads wanted) {
    int cores = Math.min(probe.physicalCores(), Runtime.getRuntime().availableProcessors());
    return wanted.resolve(Math.max(1, cores));
  }

  /** The environment now. */
  public Environment environment(int threads) {
    return probe.capture(threads);
  }

  /** Hash of the hardware, see {@link MachineId}. */
  public String id() {
    return MachineId.of(hardware());
  }

  /** What a target comes to here. */
  public ResolvedTarget resolve(SuiteTarget target) {
    ProfileMatch match = profile(target, hardware()).orNull();
    return new ResolvedTarget(
        threads(target.threads()),
        match == null ? ResolvedTarget.NO_PROFILE : match.profile().name());
  }

  /** Taken once, as it does not change; what else is in it does, and is not used. */
  private synchronized Environment hardware() {
    Environment known = hardware == null ? environment(1) : hardware;
    hardware = known;
    return known;
  }

  /** Commit of Assay's own checkout; null outside one. */
  public @Nullable String revision() {
    Environment.Git git = probe.git().orNull();
    return git == null ? null : git.revision();
  }

  /** The profile of a target, or why there is none. */
  public Reading<ProfileMatch> profile(SuiteTarget target, Environment environment) {
    ProcessorKind kind = target.device() == Device.CPU ? ProcessorKind.CPU : ProcessorKind.GPU;
    return profiles.choose(target.profile(), kind, environment);
  }

  /** What the profile promises; nothing without one. */
  public static List<Ceiling> documented(
      Reading<ProfileMatch> profile, Environment environment, int threads) {
    ProfileMatch match = profile.orNull();
    return match == null ? List.of() : ProfileCeilings.of(match.profile(), environment, threads);
  }

  /**
   * Ceilings by measurement, taken at the first call for a number of threads.
   *
   * @param logs existing directory for what the measuring process writes
   */
  public MeasuredCeilings measured(int threads, Path logs) {
    return measured.computeIfAbsent(
        threads,
        number ->
            CeilingsProcess.measure(
                number,
                probe.lastLevelCacheBytes(),
                environment(number).memory().availableBytes(),
                logs));
  }

  /** Whether ceilings for a number of threads have been measured. */
  public boolean hasMeasured(int threads) {
    return measured.containsKey(threads);
  }
}
