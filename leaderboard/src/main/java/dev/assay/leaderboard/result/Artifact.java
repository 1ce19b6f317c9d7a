package dev.assay.leaderboard.result;

/**
 * The compressed checkpoint.
 *
 * @param format {@code safetensors}, {@code gptq}, {@code gptq_v2}, {@code awq}
 * @param sha256 hash over its tensors
 * @param path where it was when measured, relative to the cache
 * @param execution in words, the form in which the weights run, for example {@code "int4 packed,
 *     group 128, bfloat16 activations"}
 */
public record Artifact(String format, String sha256, String path, String execution) {}
