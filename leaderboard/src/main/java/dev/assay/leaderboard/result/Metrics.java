package dev.assay.leaderboard.result;

/** Names of the metrics that the leaderboard knows how to rank and plot. */
public final class Metrics {
  /**
   * Exponential of the mean token loss, a mean of window means; unit 1. Its samples are the
   * exponentials of each window's mean loss, in the order of the text, so that two cells can be
   * compared window by window.
   */
  public static final String PERPLEXITY = "perplexity";

  /**
   * Bits that the tokens of a text cost the model over the bytes that they stand for; unit bit/B.
   * It compares models whose tokenizers differ. Its samples are those of each window, in the order
   * of the text.
   */
  public static final String BITS_PER_BYTE = "bitsPerByte";

  /** Bytes of the artifact's weight files; unit B. */
  public static final String SIZE_ON_DISK = "sizeOnDisk";

  /** Bytes of the weights in the form they run in; unit B. */
  public static final String SIZE_IN_MEMORY = "sizeInMemory";

  /** Size on disk of the uncompressed model over that of the artifact; unit 1. */
  public static final String COMPRESSION_RATIO = "compressionRatio";

  /** Stored bits, scales and all, of the compressed linears over their number of weights. */
  public static final String BITS_PER_WEIGHT = "bitsPerWeight";

  /** Bytes that the keys and values of a prompt take, over its tokens; unit B/token. */
  public static final String CACHE_BYTES_PER_TOKEN = "cacheBytesPerToken";

  /** Most bytes of keys and values at once while a prompt is read, widened ones too; unit B. */
  public static final String MEAN_LAYERS_PER_TOKEN = "meanLayersPerToken";

  public static final String CACHE_PEAK_IN_PREFILL = "cachePeakInPrefill";

  /** Tokens of one sequence that fit beside the weights into the target's memory; unit token. */
  public static final String LONGEST_CONTEXT = "longestContext";

  /** Bits of the codes of the compressed linears, without scales and the like, over the same. */
  public static final String NOMINAL_BITS_PER_WEIGHT = "nominalBitsPerWeight";

  /** Numbers that the artifact is made of, zeros among them; unit 1. */
  public static final String PARAMETERS = "parameters";

  /**
   * Share of the uncompressed model's parameters that is gone, stored zeros being there; unit 1.
   */
  public static final String REMOVED_FROM_MODEL = "removedFromModel";

  /** The same share of the parameters of the linears that stages worked on; unit 1. */
  public static final String REMOVED_FROM_LINEARS = "removedFromLinears";

  /** Share of the parameters that the layers' linears have which is exactly 0; unit 1. */
  public static final String ZEROS_IN_LINEARS = "zerosInLinears";

  /** Share of the bytes of the uncompressed model's weight files that is gone; unit 1. */
  public static final String REMOVED_BYTES = "removedBytes";

  /** Share of the uncompressed model's FLOPs of a decoded token that is gone; unit 1. */
  public static final String REMOVED_FLOPS = "removedFlops";

  /** FLOPs of one token in a prefill of the protocol's length, averaged; unit FLOP/token. */
  public static final String FLOPS_PER_TOKEN_PREFILL = "flopsPerTokenPrefill";

  /** FLOPs of one decoded token at the protocol's context; unit FLOP/token. */
  public static final String FLOPS_PER_TOKEN_DECODE = "flopsPerTokenDecode";

  /** Prefill and first sample; unit s. */
  public static final String TIME_TO_FIRST_TOKEN = "timeToFirstToken";

  /** (latency − time to first token) / (n − 1); unit s. */
  public static final String TIME_PER_OUTPUT_TOKEN = "timePerOutputToken";

  /** B·(n − 1) / decode time; unit token/s. */
  public static final String DECODE_THROUGHPUT = "decodeThroughput";

  /** Prompt tokens over time to first token; unit token/s. */
  public static final String PREFILL_THROUGHPUT = "prefillThroughput";

  /** Achieved over peak FLOP/s; the protocol names phase and peak; unit 1. */
  public static final String MODEL_FLOPS_UTILIZATION = "modelFlopsUtilization";

  /** Bytes read for a token times tokens a second over peak bandwidth; unit 1. */
  public static final String MODEL_BANDWIDTH_UTILIZATION = "modelBandwidthUtilization";

  /** High-water mark of the process's resident memory; unit B. */
  public static final String PEAK_RESIDENT_MEMORY = "peakResidentMemory";

  /** Joule a token; unit J/token. */
  public static final String ENERGY_PER_TOKEN = "energyPerToken";

  /** Wall time of the compression; unit s. */
  public static final String COMPRESSION_TIME = "compressionTime";

  /** FLOPs of all training of a recipe, students and teachers; unit FLOP. */
  public static final String TRAINING_FLOPS = "trainingFlops";

  /** Tokens that all training of a recipe learned from, padding left out; unit token. */
  public static final String TRAINING_TOKENS = "trainingTokens";

  /** Wall time of the steps of all training of a recipe; unit s. */
  public static final String TRAINING_TIME = "trainingTime";

  /** Energy of all stages of a recipe that train; unit J. */
  public static final String TRAINING_ENERGY = "trainingEnergy";

  private Metrics() {}
}
