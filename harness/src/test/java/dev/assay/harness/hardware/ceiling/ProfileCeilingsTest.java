package dev.assay.harness.hardware.ceiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.assay.harness.hardware.profile.HardwareProfile;
import dev.assay.harness.hardware.profile.HardwareProfiles;
import dev.assay.harness.hardware.profile.Machines;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Environment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProfileCeilingsTest {
  private static final String EMERALD = "family 6 model 207 stepping 2";

  private final HardwareProfiles profiles =
      HardwareProfiles.load(
          Path.of(System.getProperty("assay.root", "..")).resolve("hardware-profiles"));

  private Map<String, Double> values(String profile, Environment environment, int threads) {
    return ProfileCeilings.of(profiles.named(profile), environment, threads).stream()
        .collect(Collectors.toMap(each -> each.name() + " " + each.dtype(), Ceiling::value));
  }

  @Test
  void aSliceOfAProcessorIsRatedByCoresAndClock() {
    Environment machine =
        Machines.cpu(
            "GenuineIntel", EMERALD, 3_000_000_000L, "avx512f", "avx512_fp16", "avx512_vnni");

    // 2 cores × 3 GHz × 64, 128 and 256 operations; 8 channels × 8 bytes × 5.6 GT/s.
    assertThat(values("intel-emerald-rapids", machine, 2))
        .contains(
            entry("peak float32", 384e9),
            entry("peak bfloat16", 384e9),
            entry("peak float16", 768e9),
            entry("peak int8", 1536e9),
            entry("dram any", 358.4e9));
  }

  @Test
  void amxCountsWhereItIsVisible() {
    Environment machine =
        Machines.cpu(
            "GenuineIntel", EMERALD, 3_000_000_000L, "avx512f", "amx_tile", "amx_bf16", "amx_int8");

    assertThat(values("intel-emerald-rapids", machine, 1))
        .contains(entry("peak bfloat16", 3072e9), entry("peak int8", 6144e9))
        .doesNotContainKey("peak float16");
  }

  @Test
  void threadsBeyondTheCoresAddNothing() {
    Environment machine = Machines.cpu("GenuineIntel", EMERALD, 1_000_000_000L, "avx512f");

    assertThat(values("intel-emerald-rapids", machine, 64)).contains(entry("peak float32", 256e9));
  }

  @Test
  void theProfilesClockStandsInForTheKernels() {
    Environment machine = Machines.cpu("GenuineIntel", EMERALD, null, "avx512f");
    HardwareProfile profile = profiles.named("intel-emerald-rapids");

    assertThat(ProfileCeilings.of(profile, machine, 1))
        .filteredOn(ceiling -> ceiling.dtype().equals("float32"))
        .singleElement()
        .satisfies(
            ceiling -> {
              assertThat(ceiling.value()).isCloseTo(262.4e9, within(1.0));
              assertThat(ceiling.origin()).isEqualTo("computed");
              assertThat(ceiling.source()).contains("1 cores × 4.10 GHz").contains("6548Y+");
            });
  }

  @Test
  void withoutEitherTheClockShownNowIsTakenAndSaidSo() {
    Environment machine = Machines.cpu("Other", "?", null, "sse2", "avx2", "fma");
    List<Ceiling> ceilings = ProfileCeilings.of(profiles.named("generic-x86-cpu"), machine, 4);

    assertThat(ceilings)
        .filteredOn(ceiling -> ceiling.dtype().equals("float32"))
        .singleElement()
        .satisfies(
            ceiling -> {
              assertThat(ceiling.value()).isEqualTo(4 * 2.5e9 * 32);
              assertThat(ceiling.source()).contains("turbo may exceed it");
            });
    assertThat(ceilings).noneMatch(ceiling -> ceiling.kind().equals("bandwidth"));
  }

  @Test
  void aGpuHasItsDatasheetsFigures() {
    assertThat(values("nvidia-h100-sxm", Machines.gpus("NVIDIA H100 80GB HBM3"), 2))
        .contains(
            entry("dram any", 3350e9),
            entry("peak bfloat16", 989.5e12),
            entry("peak-sparse bfloat16", 1979e12),
            entry("peak float8", 1979e12))
        .doesNotContainKey("peak-sparse float32");
    assertThat(ProfileCeilings.of(profiles.named("nvidia-h100-sxm"), Machines.gpus(), 1))
        .allMatch(ceiling -> ceiling.origin().equals("datasheet"))
        .allMatch(ceiling -> ceiling.source().contains("H100 Tensor Core GPU Datasheet"));
  }
}
