package dev.assay.leaderboard.site.sample;

import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Environment;
import java.util.List;
import java.util.Map;

/** The made-up machine that the sample ran on. */
final class SampleMachine {
  static final double DRAM_BANDWIDTH = 42.7e9;
  static final double READ_BANDWIDTH = 28.1e9;
  static final double BF16_GEMM = 1.21e12;
  static final double FP32_GEMM = 1.38e11;

  private SampleMachine() {}

  static List<Ceiling> ceilings() {
    return List.of(
        datasheet(
            "bandwidth", "dram", "any", DRAM_BANDWIDTH, "B/s", "8 × DDR5-5600, share of 2 cores"),
        datasheet("compute", "peak", "float32", 3.1e11, "FLOP/s", "2 cores × 2 × 32 × 2.4 GHz"),
        datasheet("compute", "peak", "bfloat16", 4.9e12, "FLOP/s", "2 cores × AMX at 2.4 GHz"),
        measured("bandwidth", "read", "any", READ_BANDWIDTH, "B/s", "sum of 256 MiB, best of 5"),
        measured("bandwidth", "copy", "any", 25.4e9, "B/s", "copy of 256 MiB, best of 5"),
        measured("bandwidth", "triad", "any", 22.9e9, "B/s", "a = b + s·c on 256 MiB, best of 5"),
        measured("bandwidth", "read-cache", "any", 56.8e9, "B/s", "sum of 7 MiB, best of 5"),
        measured("compute", "gemm", "float32", FP32_GEMM, "FLOP/s", "2048³ product, best of 5"),
        measured("compute", "gemm", "int8", 9.4e11, "FLOP/s", "2048³ product, best of 5"),
        measured("compute", "gemm", "bfloat16", BF16_GEMM, "FLOP/s", "2048³ product, best of 5"));
  }

  private static Ceiling datasheet(
      String kind, String name, String dtype, double value, String unit, String source) {
    return new Ceiling(kind, name, dtype, value, unit, "datasheet", source, List.of());
  }

  private static Ceiling measured(
      String kind, String name, String dtype, double value, String unit, String source) {
    List<Double> samples = List.of(value * 0.96, value, value * 0.98, value * 0.99, value * 0.97);
    return new Ceiling(kind, name, dtype, value, unit, "measured", source, samples);
  }

  static Environment environment() {
    return new Environment(
        new Environment.Cpu(
            "Intel(R) Xeon(R) Processor @ 2.40GHz",
            "GenuineIntel",
            "6, model 143, stepping 8",
            2,
            2,
            2_400_000_000L,
            List.of(2_398_114_000L, 2_399_870_000L),
            null,
            List.of("L1d 48 KiB", "L2 2 MiB", "L3 105 MiB"),
            List.of("avx2", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16"),
            "KVM"),
        new Environment.Memory(25_276_510_208L, 21_474_836_480L),
        "Debian GNU/Linux 12 (bookworm), Linux 6.1",
        List.of(),
        new Environment.Jvm("17.0.15+6", "Debian", 2_147_483_648L, List.of("-Xmx2g")),
        Map.of("assay", "0.1.0", "djl", "0.35.1", "pytorch", "2.7.1"),
        new Environment.Git("4be11c2f8d0c9f0c2f2b8c0d9e6a7b5c4d3e2f1a", false),
        2,
        0.021,
        List.of("The frequency governor cannot be read; clocks may vary between forks."));
  }
}
