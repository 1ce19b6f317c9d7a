package dev.assay.harness.build;

import java.util.List;

/** Parts of the code by what they can change. */
enum CodeScope {
  /**
   * The bytes of an artifact, but for the samples that it is calibrated on: these are told by the
   * hash of their token ids, see {@link #SAMPLING}. All of the engine but what makes text into ids
   * and what stands beside compression, so that a new package counts until somebody says it cannot.
   */
  COMPRESSION {
    @Override
    boolean has(String file) {
      return isEngine(file) && !startsWithAny(file, TOKENIZER) && !startsWithAny(file, BESIDE)
          || startsWithAny(file, TRIMMING)
          || startsWithAny(file, COMPRESSING);
    }
  },

  /** The token ids that a text and a seed come to. */
  SAMPLING {
    @Override
    boolean has(String file) {
      return startsWithAny(file, TOKENIZER)
          || startsWithAny(file, List.of("dev/assay/harness/dataset/"));
    }
  },

  /** The figures of a cell on a given machine. */
  FIGURES {
    @Override
    boolean has(String file) {
      return COMPRESSION.has(file) || SAMPLING.has(file) || startsWithAny(file, MEASURING);
    }
  };

  private static final List<String> TOKENIZER = List.of("dev/assay/engine/tokenizer/");

  /** What of it makes a tokenizer another one, which is an artifact's. */
  private static final List<String> TRIMMING =
      List.of("dev/assay/engine/tokenizer/trim/", "dev/assay/engine/tokenizer/TokenizerKind");

  /** What writes other formats, and what fetches files that are then held to their hashes. */
  private static final List<String> BESIDE =
      List.of("dev/assay/engine/export/", "dev/assay/engine/hub/");

  /** What hands the engine its model, recipe and samples. */
  private static final List<String> COMPRESSING =
      List.of("dev/assay/harness/run/worker/CellWork", "dev/assay/harness/run/worker/Compression");

  private static final List<String> MEASURING =
      List.of(
          "dev/assay/harness/hardware/",
          "dev/assay/harness/measure/",
          "dev/assay/harness/process/",
          "dev/assay/harness/run/CellRun",
          "dev/assay/harness/run/machine/",
          "dev/assay/harness/run/worker/",
          // The intervals that stand beside the figures.
          "dev/assay/leaderboard/stats/GeometricMeanInterval",
          "dev/assay/leaderboard/stats/MeanInterval",
          "dev/assay/leaderboard/stats/MedianInterval",
          "dev/assay/leaderboard/stats/Summary");

  /** Whether a file, by its path in the class path's entry, belongs to it. */
  abstract boolean has(String file);

  private static boolean isEngine(String file) {
    // Of the library of ops the sources count, of which a sum stands beside it.
    return startsWithAny(file, List.of("dev/assay/engine/", "META-INF/services/dev.assay.engine."))
        && !file.endsWith(".so");
  }

  private static boolean startsWithAny(String file, List<String> prefixes) {
    return prefixes.stream().anyMatch(file::startsWith);
  }
}
