package dev.assay.harness.hardware.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HardwareProfilesTest {
  private static final String VALID =
      """
      name: some-gpu
      title: Some GPU
      device: gpu
      match: {gpuNames: ['Some GPU']}
      peaks:
        - {dtype: float32, denseTeraOps: 10, sparseTeraOps: 20, source: sheet}
      memory: {gigabytes: 8, gigabytesPerSecond: 100, source: sheet}
      sources: {sheet: A datasheet}
      """;

  @TempDir Path directory;

  private HardwareProfiles load(String text) throws IOException {
    Files.writeString(directory.resolve("some-gpu.yaml"), text);
    return HardwareProfiles.load(directory);
  }

  @Test
  void readsAProfile() throws IOException {
    HardwareProfile profile = load(VALID).named("some-gpu");

    assertThat(profile.peaks()).containsExactly(new Peak(Arithmetic.FLOAT32, 10, 20.0, "sheet"));
    assertThat(profile.citation("sheet")).isEqualTo("A datasheet");
    assertThat(profile.power()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name: some-gpu          | name: other-gpu        | name: found 'other-gpu', expected 'some-gpu'
          dtype: float32          | dtype: float23         | yaml:6: peaks[0].dtype: found
          dtype: float32          | dtype: float23         | did you mean 'float32'?
          denseTeraOps: 10        | denseTeraOps: 0        | yaml:6: peaks[0].denseTeraOps: found 0.0, expected a number above 0
          sparseTeraOps: 20       | sparseTeraOps: 5       | peaks[0].sparseTeraOps: found 5.0, expected more than the dense 10.0
          source: sheet}          | source: shet}          | sources: found [sheet], expected also 'shet'
          device: gpu             | device: cpu            | peaks: found 1 peaks, expected none for a CPU
          gpuNames: ['Some GPU']  | gpuNames: ['Some(']    | match.gpuNames: found 'Some(', expected a regular expression
          gpuNames: ['Some GPU']  | vendor: x              | match: found no gpuNames
          memory: {gigabytes: 8,  | memory: {gigabyte: 8,  | yaml:7: memory.gigabyte: unknown key 'gigabyte'
          """)
  void saysWhereAProfileIsWrong(String right, String wrong, String message) {
    assertThatThrownBy(() -> load(VALID.replace(right, wrong)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(directory.resolve("some-gpu.yaml").toString())
        .hasMessageContaining(message);
  }

  @Test
  void aMissingDirectoryIsAnError() {
    assertThatThrownBy(() -> HardwareProfiles.load(directory.resolve("none")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("none");
  }

  @Test
  void shippedSparsePeaksAreTwiceTheDenseOnes() {
    HardwareProfiles shipped =
        HardwareProfiles.load(
            Path.of(System.getProperty("assay.root", "..")).resolve("hardware-profiles"));

    for (HardwareProfile profile : shipped.all()) {
      for (Peak peak : profile.peaks()) {
        Double sparse = peak.sparseTeraOps();
        if (sparse != null) {
          assertThat(sparse / peak.denseTeraOps()).isBetween(1.999, 2.001);
        }
      }
    }
  }
}
