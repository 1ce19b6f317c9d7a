package dev.assay.harness.suite;

import java.util.Optional;

/** The kind of device that a cell runs on. */
public enum Device {
  CPU,
  CUDA;

  /** Why this build runs no models on it; nothing where it does. */
  public Optional<String> obstacle() {
    return this == CPU
        ? Optional.empty()
        : Optional.of("found cuda, expected cpu: this build runs models on the CPU only");
  }
}
