package dev.assay.harness.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheHomeTest {
  private static final Path HOME = Path.of("/home/ada");

  @Test
  void prefersItsOwnVariable() {
    assertThat(CacheHome.of(Map.of("ASSAY_CACHE", "/big", "XDG_CACHE_HOME", "/c"), HOME))
        .isEqualTo(Path.of("/big"));
  }

  @Test
  void followsTheDesktopSpecification() {
    assertThat(CacheHome.of(Map.of("XDG_CACHE_HOME", "/c"), HOME)).isEqualTo(Path.of("/c/assay"));
    assertThat(CacheHome.of(Map.of("XDG_CACHE_HOME", "relative"), HOME))
        .isEqualTo(Path.of("/home/ada/.cache/assay"));
    assertThat(CacheHome.of(Map.of(), HOME)).isEqualTo(Path.of("/home/ada/.cache/assay"));
  }
}
