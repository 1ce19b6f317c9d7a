package dev.assay.harness.measure.cache;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.run.CacheMemory;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.harness.measure.generation.SeededPrompt;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Memory of the keys and values of a prompt, by the tensors that there are once it has been read.
 *
 * @param tokens of the prompt
 */
public record CacheMemoryMetric(int tokens) {
  public CacheMemoryMetric {
    if (tokens < 1) {
      throw new IllegalArgumentException("found " + tokens + " tokens, expected at least 1");
    }
  }

  /** Reads a prompt of one sequence and looks at its cache. */
  public List<Measurement> measure(NDManager parent, LanguageModel model) {
    long[] prompt = SeededPrompt.of(model.architecture().spec().vocabularySize(), 1, tokens)[0];
    CacheMemory memory;
    try (NDManager scope = parent.newSubManager();
        KvCache cache = model.newCache(1, tokens)) {
      NDArray ids = scope.create(prompt, new Shape(1, tokens));
      model.nextToken(scope, ids, cache);
      memory = model.memory(cache);
    }
    ContextMemory computed = ContextMemory.of(model);
    return List.of(
        measured(
            Metrics.CACHE_BYTES_PER_TOKEN,
            (double) memory.held() / tokens,
            "B/token",
            String.format(
                "%s; computed: %.2f B a token and %.0f B a sequence",
                schemes(model), computed.cache().perToken(), computed.cache().perSequence())),
        measured(
            Metrics.CACHE_PEAK_IN_PREFILL,
            (double) memory.peak(),
            "B",
            "of these "
                + memory.read()
                + " B widened keys and values of one layer, which attention reads"));
  }

  private static String schemes(LanguageModel model) {
    return model.architecture().main().layers().stream()
        .map(layer -> layer.cache().words())
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private Measurement measured(String metric, double value, String unit, String note) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("tokens", Integer.toString(tokens));
    settings.put("batch", "1");
    settings.put("prompt", SeededPrompt.DESCRIPTION);
    settings.put("counted", "bytes of the cache's tensors after the prompt");
    return new Measurement(
        metric,
        Protocol.of(settings),
        Provenance.MEASURED,
        value,
        unit,
        Direction.LOWER_IS_BETTER,
        null,
        null,
        List.of(value),
        note);
  }
}
