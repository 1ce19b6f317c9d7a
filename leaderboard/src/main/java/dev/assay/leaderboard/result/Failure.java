package dev.assay.leaderboard.result;

/**
 * Why a cell failed; failed cells stay in the report.
 *
 * @param stage where it happened: {@code load}, {@code compress}, {@code quality}, {@code latency}
 *     …
 * @param kind short machine-readable cause, for example {@code OutOfMemory}, {@code NotFinite},
 *     {@code NotPositiveDefinite}, {@code BadCheckpoint}, {@code ProcessDied}
 * @param message one clear sentence
 * @param detail stack trace or the process's last output; may be empty
 */
public record Failure(String stage, String kind, String message, String detail) {}
