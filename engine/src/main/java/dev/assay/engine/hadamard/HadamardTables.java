package dev.assay.engine.hadamard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Reads the published matrices whose orders are no powers of two. */
final class HadamardTables {
  private static final String RESOURCE = "tables.txt";
  private static final int DIGIT_BITS = 4;

  private HadamardTables() {}

  /** The entries of the matrix of an order, 1 and −1, row-major. */
  static float[] read(int order) {
    try (InputStream in =
            Objects.requireNonNull(HadamardTables.class.getResourceAsStream(RESOURCE), RESOURCE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      String wanted = "order " + order;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(wanted)) {
          return rows(lines, order);
        }
      }
      throw new IllegalArgumentException("order: found " + order + ", expected one of the tables");
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + ": " + e.getMessage(), e);
    }
  }

  private static float[] rows(BufferedReader lines, int order) throws IOException {
    float[] entries = new float[order * order];
    for (int row = 0; row < order; row++) {
      String digits = Objects.requireNonNull(lines.readLine(), "a row of order " + order);
      for (int column = 0; column < order; column++) {
        int digit = Character.digit(digits.charAt(column / DIGIT_BITS), 1 << DIGIT_BITS);
        boolean plus = (digit >> (DIGIT_BITS - 1 - column % DIGIT_BITS) & 1) == 1;
        entries[row * order + column] = plus ? 1 : -1;
      }
    }
    return entries;
  }
}
