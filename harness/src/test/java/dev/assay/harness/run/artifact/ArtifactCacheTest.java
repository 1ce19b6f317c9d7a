package dev.assay.harness.run.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.harness.run.TestBench;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactCacheTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  private static final ArtifactOrigin ORIGIN = new ArtifactOrigin("m", "r", "code", "sampler");

  @TempDir Path directory;
  private int made;

  /** Stands for a compression: the artifact is a copy of the model. */
  private CompressionReport make(Path target) {
    made++;
    try {
      PathUtils.copyDirectory(TestBench.model("ref-7m"), target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CompressionReport(
        ORIGIN,
        Checkpoint.open(target).sha256(),
        made,
        null,
        null,
        null,
        List.of(),
        null,
        null,
        null);
  }

  @Test
  void makesAnArtifactOnce() {
    ArtifactCache cache = new ArtifactCache(directory);
    assertThat(cache.find(KEY)).isEmpty();

    CachedArtifact first = cache.get(KEY, Optional::of, this::make);
    CachedArtifact second = cache.get(KEY, Optional::of, this::make);

    assertThat(made).isEqualTo(1);
    assertThat(first.fresh()).isTrue();
    assertThat(second.fresh()).isFalse();
    assertThat(second.report()).isEqualTo(first.report());
    assertThat(cache.find(KEY)).isPresent();
  }

  @Test
  void anArtifactThatIsNoLongerGoodIsMadeAnew() {
    ArtifactCache cache = new ArtifactCache(directory);
    CachedArtifact first = cache.get(KEY, Optional::of, this::make);

    CachedArtifact second = cache.get(KEY, report -> Optional.empty(), this::make);

    assertThat(made).isEqualTo(2);
    assertThat(second.fresh()).isTrue();
    assertThat(second.report().seconds()).isNotEqualTo(first.report().seconds());
  }

  /** So that samples are drawn once for each sampler, not once for each cell. */
  @Test
  void whatWasFoundOfAReportIsKept() {
    ArtifactCache cache = new ArtifactCache(directory);
    cache.get(KEY, Optional::of, this::make);
    ArtifactOrigin later = new ArtifactOrigin("m", "r", "code", "another sampler");

    cache.get(KEY, report -> Optional.of(report.of(later)), this::make);

    assertThat(made).isEqualTo(1);
    assertThat(cache.find(KEY).orElseThrow().report().origin()).isEqualTo(later);
  }

  @Test
  void whatWasBrokenOffIsMadeAnew() throws IOException {
    ArtifactCache cache = new ArtifactCache(directory);
    assertThatThrownBy(
            () ->
                cache.get(
                    KEY,
                    Optional::of,
                    target -> {
                      make(target);
                      throw new IllegalStateException("broken off");
                    }))
        .hasMessage("broken off");
    assertThat(cache.find(KEY)).isEmpty();

    assertThat(cache.get(KEY, Optional::of, this::make).fresh()).isTrue();
    Files.writeString(directory.resolve(KEY).resolve("compression.json"), "{\"sha256\":");
    assertThat(cache.find(KEY)).isEmpty();
    assertThat(cache.get(KEY, Optional::of, this::make).fresh()).isTrue();
  }

  @Test
  void anArtifactThatHasChangedIsMadeAnew() throws IOException {
    ArtifactCache cache = new ArtifactCache(directory);
    CachedArtifact artifact = cache.get(KEY, Optional::of, this::make);
    Path weights = artifact.checkpoint().resolve("model.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.seek(file.length() - 1);
      int last = file.read();
      file.seek(file.length() - 1);
      file.write(last ^ 1);
    }

    CachedArtifact again = cache.get(KEY, Optional::of, this::make);

    assertThat(again.fresh()).isTrue();
    assertThat(again.report().sha256()).isEqualTo(artifact.report().sha256());
  }
}
