package dev.assay.engine.recipe;

import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import java.util.List;

/**
 * The stage that does what a published code's run was told, which the index writes as one word:
 * {@code gptq_w4_g32_asym_act_trueseq}, {@code rtn_w4_g32_asym}, {@code wanda_2of4}, {@code
 * sparsegpt_50}.
 */
final class PublishedRun {
  private PublishedRun() {}

  static Step step(GoldenCase golden) {
    List<String> words = List.of(golden.parameter("method").asText().split("_"));
    boolean sequential = golden.parameter("true_sequential").asBoolean();
    return switch (words.get(0)) {
      case "rtn" ->
          new Step(
              "rtn", new RtnParameters(bits(words), groupSize(words), symmetric(words), false));
      case "gptq" ->
          new Step(
              "gptq",
              new GptqParameters(
                  bits(words),
                  groupSize(words),
                  symmetric(words),
                  words.contains("act"),
                  false,
                  sequential,
                  0.01,
                  128,
                  false));
      case "magnitude" -> new Step("magnitude", new MagnitudeParameters(sparsity(words)));
      case "wanda" -> new Step("wanda", new WandaParameters(sparsity(words)));
      case "sparsegpt" ->
          new Step("sparsegpt", new SparseGptParameters(sparsity(words), 0.01, 128, null));
      default -> throw new IllegalArgumentException("no stage for " + words);
    };
  }

  private static int bits(List<String> words) {
    return Integer.parseInt(words.get(1).substring(1));
  }

  private static int groupSize(List<String> words) {
    String group = words.get(2).substring(1);
    return group.equals("full") ? -1 : Integer.parseInt(group);
  }

  private static boolean symmetric(List<String> words) {
    return words.contains("sym");
  }

  private static Sparsity sparsity(List<String> words) {
    String share = words.get(1);
    return Sparsity.parse(share.contains("of") ? share.replace("of", ":") : "0." + share);
  }
}
