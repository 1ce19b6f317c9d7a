package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileSystemFaultTest {
  @Test
  void whatTheFileSystemRefusesIsOneLineWhereverItCameUp() {
    assertThat(
            FileSystemFault.of(new IllegalStateException("x", new AccessDeniedException("/a/b"))))
        .hasValue("/a/b: permission denied");
    assertThat(FileSystemFault.of(new NoSuchFileException("/a")))
        .hasValue("/a: no such file or directory");
    assertThat(FileSystemFault.of(new FileAlreadyExistsException("/a")))
        .hasValue("/a: found a file, expected a directory or nothing");
    assertThat(
            FileSystemFault.of(
                new UncheckedIOException(
                    "runs: cannot be made",
                    new FileSystemException("/a", null, "No space left on device"))))
        .hasValue("/a: No space left on device");
  }

  @Test
  void aMessageThatSaysItAllStaysAsItIs() {
    assertThat(
            FileSystemFault.of(
                new UncheckedIOException(
                    "/r/x: cannot be made: /r/x: Not a directory",
                    new FileSystemException("/r/x", null, "Not a directory"))))
        .hasValue("/r/x: cannot be made: /r/x: Not a directory");
    assertThat(
            FileSystemFault.of(
                new UncheckedIOException("/r\ncannot", new IOException("broken pipe"))))
        .hasValue("/r cannot: broken pipe");
  }

  @Test
  void namesBeyondTheLocaleSayWhatToSet() {
    // The JDK's own words, see UnixPath.encode.
    String reason = "Malformed input or input contains unmappable characters";
    assertThat(FileSystemFault.of(new InvalidPathException("gr\u00fcn", reason)))
        .hasValueSatisfying(line -> assertThat(line).startsWith("gr\u00fcn: ").contains("C.UTF-8"));
  }

  @Test
  void whatIsNoPathAnywhereIsNotTheLocalesFault() {
    InvalidPathException thrown =
        catchThrowableOfType(InvalidPathException.class, () -> Path.of("a\0b"));

    assertThat(FileSystemFault.of(thrown)).hasValue("a\uFFFDb: no path: Nul character not allowed");
  }

  /** A record that cannot be written is our fault; it needs its stack trace. */
  @Test
  void faultsOfOurOwnAreNone() {
    assertThat(FileSystemFault.of(new IllegalStateException("x"))).isEmpty();
    JsonProcessingException ours =
        catchThrowableOfType(
            JsonProcessingException.class,
            () -> new ObjectMapper().writeValueAsString(new Object()));
    assertThat(FileSystemFault.of(new UncheckedIOException("result: cannot be written", ours)))
        .isEmpty();
  }
}
