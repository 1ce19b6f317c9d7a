package dev.assay.engine.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumTest {
  @TempDir private Path directory;

  /** The expected values are those of {@code git hash-object} and {@code sha256sum}. */
  @Test
  void hashesAsGitAndSha256sumDo() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "hello\n");

    assertThat(Checksum.of(file, "0".repeat(40)))
        .isEqualTo("ce013625030ba8dba906f756967f9e9ca394464a");
    assertThat(Checksum.of(file, "0".repeat(64)))
        .isEqualTo("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
  }

  @Test
  void onlyHashesAreKnown() {
    assertThat(Checksum.known("a".repeat(40))).isTrue();
    assertThat(Checksum.known("0".repeat(64))).isTrue();
    assertThat(Checksum.known("0".repeat(32))).isFalse();
    assertThat(Checksum.known("g".repeat(40))).isFalse();
    assertThat(Checksum.known("")).isFalse();
  }
}
