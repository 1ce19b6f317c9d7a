package dev.assay.harness.suite;

import dev.assay.engine.torch.TorchDevice;
import java.util.Optional;

/** The kind of device that a cell runs on. */
public enum Device {
  CPU,
  CUDA;

  /** The device of a cell's models; of several GPUs the first. */
  public TorchDevice torch() {
    return switch (this) {
      case CPU -> TorchDevice.CPU;
      case CUDA -> new TorchDevice.Cuda(0);
    };
  }

  /** Why this build runs no models on it; nothing where it does. */
  public Optional<String> obstacle() {
    return this == CPU
        ? Optional.empty()
        : Optional.of("found cuda, expected cpu: this build runs models on the CPU only");
  }
}
