package dev.assay.engine.config;

/**
 * Where something stands in a file.
 *
 * @param file the file as the user named it
 * @param line line, from 1
 */
public record Position(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
