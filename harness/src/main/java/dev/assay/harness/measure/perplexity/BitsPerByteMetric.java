package dev.assay.harness.measure.perplexity;

import dev.assay.engine.tokenizer.TokenBytes;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.dataset.TokenWindows;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Bits that a text costs a model over its bytes, from the losses of a perplexity. Both sums go over
 * the tokens that are predicted: all of a window but its first, whose bytes do not count either. So
 * models with different tokenizers compare, as far as they read the same text.
 *
 * @param text the perplexity whose losses are used
 * @param bytes how many each token stands for
 * @param read how much of the text the windows hold
 */
public record BitsPerByteMetric(PerplexityMetric text, TokenBytes bytes, String read) {
  /**
   * The losses in bits over the bytes.
   *
   * @param losses of the text's windows
   * @param execution what they were taken in
   * @return a measurement whose samples are the quotients of each window; unsupported where bytes
   *     of tokens are not known
   */
  public Measurement of(WindowLosses losses, Execution execution) {
    List<LossSum> sums = losses.sums();
    List<Long> counts = new ArrayList<>();
    for (int window = 0; window < sums.size(); window++) {
      long count = 0;
      long[] ids = text.windows().window(window);
      for (int i = 1; i < ids.length; i++) {
        OptionalInt some = bytes.of(ids[i]);
        if (some.isEmpty()) {
          return unsupported(
              "token %d of the text is one of which the tokenizer does not tell what bytes it stands for"
                  .formatted(ids[i]),
              execution);
        }
        count += some.getAsInt();
      }
      if (count == 0) {
        return unsupported("the tokens of window " + window + " stand for no bytes", execution);
      }
      counts.add(count);
    }
    BitsPerByteEstimate estimate = BitsPerByteEstimate.of(sums, counts);
    return new Measurement(
        Metrics.BITS_PER_BYTE,
        protocol(execution),
        Provenance.MEASURED,
        estimate.value(),
        "bit/B",
        Direction.LOWER_IS_BETTER,
        estimate.standardError(),
        estimate.interval(),
        estimate.windows(),
        String.format(
            Locale.ROOT,
            "in %s; %d bytes in %d windows of %d tokens; samples: the bits of each window over its bytes",
            execution.arithmetic(),
            counts.stream().mapToLong(Long::longValue).sum(),
            sums.size(),
            text.windows().length()));
  }

  private Measurement unsupported(String reason, Execution execution) {
    return Measurement.unsupported(
        Metrics.BITS_PER_BYTE, protocol(execution), "bit/B", Direction.LOWER_IS_BETTER, reason);
  }

  /** The protocol, without what depends on how a tokenizer cuts the text. */
  public Protocol protocol(Execution execution) {
    TokenWindows windows = text.windows();
    Map<String, String> settings = new TreeMap<>();
    settings.put("dataset", text.split().dataset());
    settings.put("split", text.split().split());
    settings.put("sha256", text.split().sha256());
    settings.put("bos", TokenSequence.label(text.bos()));
    settings.put("read", read);
    settings.put("window", Integer.toString(windows.length()));
    settings.put("scored", "tokens 1 to L − 1 of each window of L");
    settings.put("bytes", "UTF-8 of the scored tokens");
    settings.put("aggregation", "sum of −log2 p over sum of bytes");
    settings.put("arithmetic", PerplexityMetric.arithmetic(execution));
    return Protocol.of(settings);
  }
}
