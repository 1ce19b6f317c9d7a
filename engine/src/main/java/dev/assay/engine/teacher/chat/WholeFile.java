package dev.assay.engine.teacher.chat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.regex.Pattern;

/** Files of text that appear whole or not at all. */
public final class WholeFile {
  // Patterns go by code points, so that a surrogate is one only where its other half is missing.
  private static final Pattern HALF = Pattern.compile("\\p{Cs}");

  private WholeFile() {}

  /**
   * Writes a file in UTF-8, in a directory that is made if it is not there. Of a file that cannot
   * be written nothing is left.
   *
   * @param text halves of surrogate pairs in it become U+FFFD
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, String text) throws IOException {
    Path part = file.resolveSibling("." + UUID.randomUUID() + ".part");
    Files.createDirectories(file.toAbsolutePath().getParent());
    try {
      Files.writeString(part, wellFormed(text));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** The text with U+FFFD for every half of a surrogate pair, which no encoding has. */
  static String wellFormed(String text) {
    return HALF.matcher(text).replaceAll("\ufffd");
  }
}
