package dev.assay.harness.suite;

/** The kind of device that a cell runs on. */
public enum Device {
  CPU,
  CUDA
}
