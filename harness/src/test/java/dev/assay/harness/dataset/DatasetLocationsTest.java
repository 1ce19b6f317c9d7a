package dev.assay.harness.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatasetLocationsTest {
  private static final Path HOME = Path.of("/home/someone");

  @Test
  void hasDefaultsWithoutVariables() {
    DatasetLocations locations = DatasetLocations.fromEnvironment(Map.of(), HOME);

    assertThat(locations.directories()).isEmpty();
    assertThat(locations.cache()).isEqualTo(HOME.resolve(".cache/assay/datasets"));
    assertThat(locations.hub().endpoint()).isEqualTo(URI.create("https://huggingface.co"));
    assertThat(locations.hub().offline()).isFalse();
  }

  @Test
  void followsTheVariables() {
    DatasetLocations locations =
        DatasetLocations.fromEnvironment(
            Map.of(
                "ASSAY_DATASETS", "/a" + File.pathSeparator + "/b",
                "XDG_CACHE_HOME", "/caches",
                "HF_ENDPOINT", "http://mirror:8080/",
                "HF_HUB_OFFLINE", "TRUE"),
            HOME);

    assertThat(locations.directories()).containsExactly(Path.of("/a"), Path.of("/b"));
    assertThat(locations.cache()).isEqualTo(Path.of("/caches/assay/datasets"));
    assertThat(locations.hub().endpoint()).isEqualTo(URI.create("http://mirror:8080"));
    assertThat(locations.hub().offline()).isTrue();
    assertThat(locations.withDirectories(List.of(Path.of("/c"))).directories())
        .containsExactly(Path.of("/c"), Path.of("/a"), Path.of("/b"));
  }

  @Test
  void relativeCacheHomeIsIgnored() {
    assertThat(DatasetLocations.fromEnvironment(Map.of("XDG_CACHE_HOME", "tmp"), HOME).cache())
        .isEqualTo(HOME.resolve(".cache/assay/datasets"));
  }

  @Test
  void zeroIsOnline() {
    assertThat(
            DatasetLocations.fromEnvironment(Map.of("HF_HUB_OFFLINE", "0"), HOME).hub().offline())
        .isFalse();
  }

  @Test
  void hubMustBeAWebAddress() {
    for (String hub : new String[] {"mirror", "ftp://mirror", "http://two words"}) {
      assertThatThrownBy(() -> DatasetLocations.fromEnvironment(Map.of("HF_ENDPOINT", hub), HOME))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("HF_ENDPOINT: found '" + hub + "'");
    }
  }
}
