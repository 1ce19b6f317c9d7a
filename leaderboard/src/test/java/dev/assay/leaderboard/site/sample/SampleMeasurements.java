package dev.assay.leaderboard.site.sample;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.RooflinePoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes the sample's figures for one recipe; all that follow by arithmetic do so here too. */
final class SampleMeasurements {
  static final long PARAMETERS = 6_819_072;
  static final Protocol PERPLEXITY =
      Protocol.of(
          Map.of(
              "dataset", "europarl-en",
              "datasetSha256", "f5ed0881c373a475233fce5eb43b7bda75930bc89c40c982d9c65f0c1f70d242",
              "split", "test",
              "window", "1024",
              "stride", "1024",
              "bos", "none",
              "windows", "60",
              "arithmetic", "float32",
              "mean", "plain mean of window means"));
  static final Protocol LATENCY =
      Protocol.of(
          Map.of(
              "batch", "1",
              "promptLength", "128",
              "decodeLength", "64",
              "forks", "2",
              "warmup", "3 × 1 s",
              "iterations", "5 × 1 s"));

  private static final int WINDOWS = 60;
  private static final long WINDOWS_SEED = 7;
  private static final long IN_LINEARS = 4_718_592;
  private static final double DENSE_SIZE = 4.0 * PARAMETERS;
  private static final String STAND_IN = "Runs dequantised: there is no kernel for this form.";

  private final SampleRecipe recipe;
  private final Random random;
  private final double bytes;
  private final double flopsDecode = 2.0 * (IN_LINEARS + 256 * 8192) + 4.0 * 6 * 4 * 64 * 160;
  private final double flopsPrefill = 2.0 * (IN_LINEARS + 256 * 8192) + 2.0 * 6 * 4 * 64 * 128;
  private final double prefillRate;

  SampleMeasurements(SampleRecipe recipe, Random random) {
    this.recipe = recipe;
    this.random = random;
    double other = PARAMETERS - IN_LINEARS;
    bytes = IN_LINEARS * recipe.bits() / 8 + other * (recipe.bits() > 16 ? 4 : 2);
    prefillRate = recipe.dtype().equals("float32") ? 9_100 : 31_000;
  }

  List<Measurement> all() {
    List<Measurement> all = new ArrayList<>();
    all.add(perplexity());
    all.add(Measurement.computed(Metrics.SIZE_ON_DISK, bytes + 9_000, "B", lower(), "file sizes"));
    all.add(Measurement.computed(Metrics.SIZE_IN_MEMORY, bytes, "B", lower(), "sum of buffers"));
    all.add(
        Measurement.computed(
            Metrics.COMPRESSION_RATIO,
            DENSE_SIZE / bytes,
            "1",
            Direction.HIGHER_IS_BETTER,
            "bytes of the model over bytes of the artifact"));
    all.add(
        Measurement.computed(
            Metrics.BITS_PER_WEIGHT, recipe.bits(), "bit", lower(), "codes, scales and zeros"));
    all.add(
        Measurement.computed(
            Metrics.FLOPS_PER_TOKEN_DECODE, flopsDecode, "FLOP/token", lower(), "from the layers"));
    double perToken = 1 / recipe.tokensPerSecond();
    all.add(timed(Metrics.TIME_TO_FIRST_TOKEN, 128 / prefillRate, "s", lower()));
    all.add(timed(Metrics.TIME_PER_OUTPUT_TOKEN, perToken, "s", lower()));
    all.add(timed(Metrics.DECODE_THROUGHPUT, 1 / perToken, "token/s", Direction.HIGHER_IS_BETTER));
    all.add(utilization("documented dram bandwidth", SampleMachine.DRAM_BANDWIDTH));
    all.add(utilization("measured read bandwidth", SampleMachine.READ_BANDWIDTH));
    all.add(timed(Metrics.PEAK_RESIDENT_MEMORY, 2.1e8 + 3 * bytes, "B", lower()));
    all.add(timed(Metrics.CACHE_BYTES_PER_TOKEN, 4096, "B/token", lower()));
    all.add(
        Measurement.computed(
            Metrics.LONGEST_CONTEXT,
            Math.floor((8e9 - bytes) / 4096),
            "token",
            Direction.HIGHER_IS_BETTER,
            "(memory − weights) / cache a token"));
    all.add(
        Measurement.unsupported(
            Metrics.ENERGY_PER_TOKEN,
            LATENCY,
            "J/token",
            lower(),
            "this machine exposes no energy counter"));
    all.add(timed(Metrics.COMPRESSION_TIME, 0.4 + random.nextDouble(), "s", lower()));
    return all;
  }

  List<RooflinePoint> roofline() {
    double decode = flopsDecode * recipe.tokensPerSecond();
    double prefill = flopsPrefill * prefillRate;
    return List.of(
        point("prefill", flopsPrefill * 128 / bytes, prefill),
        point("decode", flopsDecode / bytes, decode));
  }

  private RooflinePoint point(String phase, double intensity, double achieved) {
    double peak =
        recipe.dtype().equals("float32") ? SampleMachine.FP32_GEMM : SampleMachine.BF16_GEMM;
    double attainable = Math.min(peak, intensity * SampleMachine.READ_BANDWIDTH);
    return new RooflinePoint(phase, intensity, achieved, attainable, recipe.dtype(), provenance());
  }

  /** Windows are as hard for every recipe alike; a recipe adds a little of its own. */
  private Measurement perplexity() {
    Random windows = new Random(WINDOWS_SEED);
    List<Double> samples = new ArrayList<>();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < WINDOWS; i++) {
      double loss =
          Math.log(recipe.perplexity())
              + 0.16 * windows.nextGaussian()
              + 0.008 * random.nextGaussian();
      samples.add(Math.exp(loss));
      sum += loss;
      squares += loss * loss;
    }
    double mean = sum / WINDOWS;
    double value = Math.exp(mean);
    double error = Math.sqrt((squares / WINDOWS - mean * mean) / (WINDOWS - 1.0));
    return new Measurement(
        Metrics.PERPLEXITY,
        PERPLEXITY,
        Provenance.MEASURED,
        value,
        "1",
        lower(),
        value * error,
        new Interval(
            Math.exp(mean - 2 * error),
            Math.exp(mean + 2 * error),
            0.95,
            "Student t of window means"),
        samples,
        null);
  }

  private Measurement utilization(String ceiling, double bandwidth) {
    return new Measurement(
        Metrics.MODEL_BANDWIDTH_UTILIZATION,
        Protocol.of(Map.of("phase", "decode", "ceiling", ceiling, "batch", "1")),
        recipe.simulated() ? Provenance.SIMULATED : Provenance.COMPUTED,
        bytes * recipe.tokensPerSecond() / bandwidth,
        "1",
        Direction.HIGHER_IS_BETTER,
        null,
        null,
        List.of(),
        "bytes read for a token × tokens a second ÷ bandwidth");
  }

  private Measurement timed(String metric, double centre, String unit, Direction direction) {
    List<Double> samples = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      samples.add(centre * (1 + 0.012 * random.nextGaussian()));
    }
    double value = samples.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    String note = provenance() == Provenance.SIMULATED ? STAND_IN : null;
    return new Measurement(
        metric,
        LATENCY,
        provenance(),
        value,
        unit,
        direction,
        value * 0.004,
        new Interval(value * 0.987, value * 1.013, 0.99, "Student t of iterations"),
        samples,
        note);
  }

  private Provenance provenance() {
    return recipe.simulated() ? Provenance.SIMULATED : Provenance.MEASURED;
  }

  private static Direction lower() {
    return Direction.LOWER_IS_BETTER;
  }
}
