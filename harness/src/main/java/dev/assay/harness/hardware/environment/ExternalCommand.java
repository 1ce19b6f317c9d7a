package dev.assay.harness.hardware.environment;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Asks another program and waits no longer than a given time. */
final class ExternalCommand {
  private final Duration timeout;

  ExternalCommand(Duration timeout) {
    this.timeout = timeout;
  }

  /** What the program writes to standard output, stripped; unavailable unless it ends with 0. */
  Reading<String> run(String... command) {
    String name = command[0];
    Process process;
    try {
      process =
          new ProcessBuilder(List.of(command))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return Reading.unavailable(name + " cannot be started");
    }
    try (InputStream stdout = process.getInputStream()) {
      process.getOutputStream().close();
      // Read beside the waiting, else a full pipe would hold the program up until the timeout.
      CompletableFuture<byte[]> output =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return stdout.readAllBytes();
                } catch (IOException e) {
                  throw new CompletionException(e);
                }
              });
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        return Reading.unavailable(name + " did not answer within " + timeout.toSeconds() + " s");
      }
      if (process.exitValue() != 0) {
        return Reading.unavailable(name + " ended with status " + process.exitValue());
      }
      return Reading.of(new String(output.join(), StandardCharsets.UTF_8).strip());
    } catch (IOException | CompletionException e) {
      return Reading.unavailable("the output of " + name + " cannot be read");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reading.unavailable("interrupted while waiting for " + name);
    } finally {
      process.destroyForcibly();
    }
  }
}
