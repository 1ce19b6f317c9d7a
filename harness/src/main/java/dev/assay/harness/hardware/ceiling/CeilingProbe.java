package dev.assay.harness.hardware.ceiling;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.leaderboard.result.Ceiling;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the limits of this machine by libtorch's own kernels, with the session's threads. As a
 * ceiling is what the machine can do, the figure is the best sample; all samples are kept.
 */
public final class CeilingProbe {
  private final TorchSession torch;
  private final CeilingSettings settings;

  public CeilingProbe(TorchSession torch, CeilingSettings settings) {
    this.torch = torch;
    this.settings = settings;
  }

  /** Takes about {@code perCeiling} for each limit. */
  public MeasuredCeilings measure() {
    String conditions =
        "libtorch on the CPU, threads: " + torch.threads() + "; best of the samples";
    ScriptModule script = torch.script(CeilingProbe.class, "ceilings.py");
    RateSampler sampler = new RateSampler(settings.perCeiling(), System::nanoTime);
    BandwidthTests bandwidth = new BandwidthTests(script, sampler, conditions);
    GemmTests gemm = new GemmTests(script, sampler, conditions);
    List<Ceiling> ceilings = new ArrayList<>();
    List<String> unavailable = new ArrayList<>();
    try (NDManager scope = torch.manager().newSubManager()) {
      ceilings.addAll(bandwidth.streaming(scope, settings.streamBytes()));
    }
    settings
        .residentBytes()
        .ifPresent(
            bytes -> {
              try (NDManager scope = torch.manager().newSubManager()) {
                ceilings.addAll(bandwidth.resident(scope, bytes));
              }
            });
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
}
