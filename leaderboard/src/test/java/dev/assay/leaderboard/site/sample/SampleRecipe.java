package dev.assay.leaderboard.site.sample;

import java.util.List;

/**
 * One made-up cell of the sample: what its figures scatter around.
 *
 * @param name recipe name
 * @param summary one line for people
 * @param stages stage names
 * @param perplexity centre of the perplexity
 * @param bits stored bits a weight
 * @param tokensPerSecond centre of the decode rate
 * @param dtype arithmetic
 * @param execution form in which the weights run
 * @param simulated whether the latency comes from a dequantised stand-in
 * @param relativeError centre of the layers' relative errors; 0 where nothing is compressed
 * @param sparsity share of zero weights
 */
record SampleRecipe(
    String name,
    String summary,
    List<String> stages,
    double perplexity,
    double bits,
    double tokensPerSecond,
    String dtype,
    String execution,
    boolean simulated,
    double relativeError,
    double sparsity) {

  static List<SampleRecipe> all() {
    return List.of(
        plain("baseline-fp32", "The uncompressed model in float32", 38.0847, 32, 690, "float32"),
        plain("baseline-bf16", "The uncompressed model in bfloat16", 38.0921, 16, 848, "bfloat16"),
        quantized("rtn-w4-g128", "rtn", 4, 40.31, 1385, 0.0102),
        quantized("gptq-w4-g128", "gptq", 4, 39.02, 1391, 0.0121),
        quantized("awq-w4-g128", "awq", 4, 39.21, 1378, 0.0097),
        quantized("rtn-w3-g128", "rtn", 3, 51.7, 801, 0.0488),
        quantized("gptq-w3-g128", "gptq", 3, 42.95, 806, 0.0533),
        pruned("sparsegpt-50", "sparsegpt", "Half of the weights pruned by SparseGPT", 43.4, 0.091),
        pruned("sparsegpt-24", "sparsegpt", "2:4 sparsity by SparseGPT", 52.86, 0.153),
        pruned("wanda-50", "wanda", "Half of the weights pruned by Wanda", 46.02, 0.104),
        pruned("magnitude-50", "magnitude", "Half of the weights pruned by size", 84.7, 0.087));
  }

  private static SampleRecipe plain(
      String name, String summary, double perplexity, double bits, double rate, String dtype) {
    return new SampleRecipe(
        name, summary, List.of(), perplexity, bits, rate, dtype, "dense " + dtype, false, 0, 0);
  }

  private static SampleRecipe quantized(
      String name, String stage, int bits, double perplexity, double rate, double error) {
    boolean packed = bits == 4;
    return new SampleRecipe(
        name,
        stage.toUpperCase(java.util.Locale.ROOT) + " to " + bits + " bit, group 128",
        List.of(stage),
        perplexity,
        bits + 32.0 / 128,
        rate,
        "bfloat16",
        packed ? "int4 packed, group 128, bfloat16 activations" : "dequantised to bfloat16",
        !packed,
        error,
        0);
  }

  private static SampleRecipe pruned(
      String name, String stage, String summary, double perplexity, double error) {
    return new SampleRecipe(
        name,
        summary,
        List.of(stage),
        perplexity,
        16,
        842,
        "bfloat16",
        "dense bfloat16 with zeros",
        true,
        error,
        0.5);
  }
}
