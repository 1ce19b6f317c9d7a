package dev.assay.harness.hardware.profile;

/** What a profile is about. */
public enum ProcessorKind {
  CPU,
  GPU
}
