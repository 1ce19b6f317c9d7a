package dev.assay.harness.hardware.ceiling;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.leaderboard.result.Ceiling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the limits of this machine by libtorch's own kernels, and an op of our own that reads,
 * with the session's threads. As a ceiling is what the machine can do, the figure is the best
 * sample; all samples are kept.
 */
public final class CeilingProbe {
  private final TorchSession torch;
  private final RateSampler sampler;
  private final ScriptModule script;
  private final String conditions;

  /**
   * @param perCeiling time spent on each way to find a limit, without setting up
   */
  public CeilingProbe(TorchSession torch, Duration perCeiling) {
    this.torch = torch;
    this.sampler = RateSampler.ofMachine(perCeiling);
    this.script = torch.script(CeilingProbe.class, "ceilings.py");
    this.conditions = "on the CPU, threads: " + torch.threads() + "; best of the samples";
  }

  /** The limits of memory and of matrix products. */
  public MeasuredCeilings machine(CeilingSettings settings) {
    List<Ceiling> ceilings = new ArrayList<>();
    List<String> unavailable = new ArrayList<>();
    try (NDManager scope = torch.manager().newSubManager()) {
      ceilings.addAll(bandwidth().streaming(scope, settings.streamBytes()));
    }
    GemmTests gemm = new GemmTests(script, torch.device(), sampler, conditions);
    for (DType type : settings.gemmTypes()) {
      try (NDManager scope = torch.manager().newSubManager()) {
        ceilings.add(gemm.measure(scope, type));
      } catch (EngineException e) {
        unavailable.add(
            "gemm in "
                + type.label()
                + ": libtorch has no kernel for it on this machine: "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      }
    }
    return new MeasuredCeilings(ceilings, unavailable);
  }

  /**
   * The bandwidth at which a working set is read and copied; that of a small model is a cache's.
   */
  public List<Ceiling> resident(long bytes) {
    try (NDManager scope = torch.manager().newSubManager()) {
      return bandwidth().resident(scope, bytes);
    }
  }

  private BandwidthTests bandwidth() {
    return new BandwidthTests(torch, script, sampler, conditions);
  }
}
