package dev.assay.harness.hardware.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.harness.hardware.Reading;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileMatcherTest {
  private final ProfileMatcher matcher =
      new ProfileMatcher(
          HardwareProfiles.load(
              Path.of(System.getProperty("assay.root", "..")).resolve("hardware-profiles")));

  @ParameterizedTest
  @CsvSource({
    "GenuineIntel, 6, 207, intel-emerald-rapids",
    "GenuineIntel, 6, 143, intel-sapphire-rapids",
    "AuthenticAMD, 25, 17, amd-epyc-9004",
    "AuthenticAMD, 25, 160, amd-epyc-9004",
    "AuthenticAMD, 25, 1, amd-epyc-7003",
    // Zen 2, Ice Lake, and a processor of another maker that has the numbers of a known one.
    "AuthenticAMD, 23, 49, generic-x86-cpu",
    "GenuineIntel, 6, 106, generic-x86-cpu",
    "CentaurHauls, 6, 207, generic-x86-cpu",
  })
  void knowsProcessorsByTheirNumbers(String vendor, int family, int model, String profile) {
    Reading<ProfileMatch> match =
        matcher.match(
            ProcessorKind.CPU,
            Machines.cpu(
                vendor, "family " + family + " model " + model + " stepping 1", null, "sse2"));

    assertThat(match.orNull()).isNotNull();
    assertThat(match.orNull().profile().name()).isEqualTo(profile);
  }

  @Test
  void saysWhatItRecognised() {
    ProfileMatch own =
        matcher
            .match(
                ProcessorKind.CPU,
                Machines.cpu("GenuineIntel", "family 6 model 207 stepping 2", null, "sse2"))
            .orNull();
    ProfileMatch fallback =
        matcher.match(ProcessorKind.CPU, Machines.cpu("Other", "?", null, "sse2")).orNull();

    assertThat(own).isNotNull();
    assertThat(own.reason()).isEqualTo("vendor GenuineIntel, family 6, model 207");
    assertThat(fallback).isNotNull();
    assertThat(fallback.reason()).startsWith("no profile of its own; fallback");
  }

  @ParameterizedTest
  @CsvSource({
    "NVIDIA A100-SXM4-40GB, nvidia-a100-sxm-40gb",
    "NVIDIA A100-SXM4-80GB, nvidia-a100-sxm-80gb",
    "NVIDIA H100 80GB HBM3, nvidia-h100-sxm",
    "GH100 [H100 SXM5 80GB], nvidia-h100-sxm",
    "NVIDIA H200, nvidia-h200-sxm",
    "NVIDIA GeForce RTX 4090, nvidia-rtx-4090",
    "NVIDIA L4, nvidia-l4",
    "AMD Instinct MI300X OAM, amd-instinct-mi300x",
    "Aqua Vanjaram [Instinct MI300X], amd-instinct-mi300x",
  })
  void knowsGpusByTheirNames(String gpu, String profile) {
    ProfileMatch match = matcher.match(ProcessorKind.GPU, Machines.gpus(gpu)).orNull();

    assertThat(match).isNotNull();
    assertThat(match.profile().name()).isEqualTo(profile);
    assertThat(match.reason()).contains(gpu);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NVIDIA H100 PCIe",
        "NVIDIA A100-PCIE-40GB",
        "NVIDIA H200 NVL",
        "NVIDIA L40S",
        "NVIDIA GeForce RTX 4090 D",
        "NVIDIA GeForce RTX 4090 Laptop GPU"
      })
  void takesNoRelativeForTheRealThing(String gpu) {
    assertThat(matcher.match(ProcessorKind.GPU, Machines.gpus(gpu)).reasonOrNull())
        .contains("no hardware profile fits")
        .contains(gpu);
  }

  @Test
  void aProcessorOfAnotherArchitectureHasNoProfile() {
    assertThat(
            matcher
                .match(ProcessorKind.CPU, Machines.cpu("ARM", "?", null, "asimd"))
                .reasonOrNull())
        .contains("'processor'");
  }

  @Test
  void aSuiteMayNameTheProfile() {
    ProfileMatch match = matcher.choose("nvidia-l4", ProcessorKind.GPU, Machines.gpus()).orNull();

    assertThat(match).isNotNull();
    assertThat(match.profile().title()).isEqualTo("NVIDIA L4");
    assertThatThrownBy(() -> matcher.choose("nvidia-h100", ProcessorKind.GPU, Machines.gpus()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no hardware profile 'nvidia-h100'")
        .hasMessageContaining("did you mean 'nvidia-h100-sxm'?");
  }
}
