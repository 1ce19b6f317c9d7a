package dev.assay.harness.run.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStampTest {
  @TempDir Path directory;

  @Test
  void showsAChangeUnderTheSameTime() throws IOException {
    Path file = Files.write(directory.resolve("weights"), new byte[1 << 20]);
    FileTime time = Files.getLastModifiedTime(file);
    FileStamp before = FileStamp.of(List.of(file));
    assertThat(FileStamp.of(List.of(file))).isEqualTo(before);

    byte[] other = new byte[1 << 20];
    other[other.length - 1] = 1;
    Files.write(file, other);
    Files.setLastModifiedTime(file, time);

    assertThat(FileStamp.of(List.of(file)).text()).isNotEqualTo(before.text());
  }

  @Test
  void isNotTrustedWithinATickOfTheLastChange() {
    FileStamp stamp = new FileStamp("", FileTime.fromMillis(10_000));

    assertThat(stamp.lasts(FileTime.fromMillis(12_000))).isFalse();
    assertThat(stamp.lasts(FileTime.fromMillis(12_001))).isTrue();
    assertThat(new FileStamp("", null).lasts(FileTime.fromMillis(0))).isTrue();
  }
}
