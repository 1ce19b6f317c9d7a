package dev.assay.harness.hardware.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Environment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuProbePartsTest {
  private static final List<String> FLAGS =
      List.of("flags\t\t: fpu sse2 hypervisor avx2 avx512_bf16 amx_tile ssse3 erms");

  @Test
  void keepsTheInstructionSetsThatKernelsUse() {
    assertThat(InstructionSets.relevant(FLAGS))
        .containsExactly("amx_tile", "avx2", "avx512_bf16", "sse2");
  }

  @Test
  void seesTheHypervisorBit() {
    assertThat(InstructionSets.underHypervisor(FLAGS)).isTrue();
    assertThat(InstructionSets.underHypervisor(List.of("flags : fpu avx2"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1,Data,49152,L1d 48 KiB",
    "2,Unified,2097152,L2 2 MiB",
    "1,Instruction,32768,L1i 32 KiB"
  })
  void describesCaches(int level, String type, long bytes, String text) {
    assertThat(new CpuCaches.Cache(level, type, bytes).describe()).isEqualTo(text);
  }

  @Test
  void warnsOfWhatMakesClocksAndNeighboursUncertain() {
    assertThat(Disturbances.ofCpu(cpu("powersave", "QEMU"), 4))
        .hasSize(3)
        .anyMatch(warning -> warning.contains("'powersave'"))
        .anyMatch(warning -> warning.contains("QEMU"))
        .contains("4 threads on 2 physical cores");
    assertThat(Disturbances.ofCpu(cpu("performance", null), 2)).isEmpty();
  }

  @Test
  void readsNvidiaSmisTable() {
    assertThat(GpuProbe.parse("NVIDIA H100 80GB HBM3, 81559, 550.54.15\n"))
        .containsExactly(
            new Environment.Gpu("NVIDIA H100 80GB HBM3", "NVIDIA", 81559L << 20, "550.54.15"));
    assertThat(GpuProbe.parse("NVIDIA Thing, [N/A], 1.0").get(0).memoryBytes()).isNull();
    assertThat(GpuProbe.parse("No devices were found")).isEmpty();
  }

  private static Environment.Cpu cpu(
      String governor, @org.jspecify.annotations.Nullable String hypervisor) {
    return new Environment.Cpu(
        "cpu",
        "vendor",
        "family",
        2,
        2,
        null,
        List.of(),
        governor,
        List.of(),
        List.of(),
        hypervisor);
  }
}
