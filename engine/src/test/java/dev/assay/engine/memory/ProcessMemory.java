package dev.assay.engine.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of this process as the kernel counts it, in bytes.
 *
 * @param anonymous resident pages that are no file's, so without the page cache
 * @param highWater the most that was ever resident, mapped files included
 */
record ProcessMemory(long anonymous, long highWater) {
  static final Path STATUS = Path.of("/proc/self/status");

  static ProcessMemory now() {
    try {
      String status = Files.readString(STATUS);
      return new ProcessMemory(bytes(status, "RssAnon"), bytes(status, "VmHWM"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long bytes(String status, String key) {
    Matcher matcher = Pattern.compile("(?m)^" + key + ":\\s+(\\d+) kB$").matcher(status);
    if (!matcher.find()) {
      throw new IllegalStateException(STATUS + " does not say " + key);
    }
    return Long.parseLong(matcher.group(1)) * 1024;
  }
}
