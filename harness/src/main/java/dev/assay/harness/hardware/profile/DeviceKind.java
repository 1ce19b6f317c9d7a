package dev.assay.harness.hardware.profile;

/** What a profile is about. */
public enum DeviceKind {
  CPU,
  GPU
}
