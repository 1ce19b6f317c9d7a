package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;

/**
 * Checks SentencePiece's compiled normalisation rules: the bytes of a trie (a darts-clone double
 * array, its size in front), then the replacements, each with a zero behind. The tokenizers library
 * follows them unchecked, and ends the whole process where they lead nowhere.
 */
final class CharsmapCheck {
  /** The largest published rules have about 300 kB. */
  private static final int LARGEST = 8 << 20;

  private static final int VALUE = 1 << 31;

  private final String name;
  private final int[] units;
  private final byte[] replacements;

  private CharsmapCheck(String name, byte[] charsmap) {
    this.name = name;
    if (charsmap.length > LARGEST) {
      throw bad("has " + charsmap.length + " bytes, expected at most " + LARGEST);
    }
    ByteBuffer bytes = ByteBuffer.wrap(charsmap).order(ByteOrder.LITTLE_ENDIAN);
    long size = charsmap.length < Integer.BYTES ? -1 : Integer.toUnsignedLong(bytes.getInt());
    if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > bytes.remaining()) {
      throw bad("has " + charsmap.length + " bytes, of which its trie would take " + size);
    }
    this.units = new int[(int) size / Integer.BYTES];
    bytes.asIntBuffer().get(units);
    bytes.position(bytes.position() + (int) size);
    this.replacements = new byte[bytes.remaining()];
    bytes.get(replacements);
  }

  /**
   * Checks rules.
   *
   * @param name of the file, for messages
   * @throws BadInputException if they are broken
   */
  static void require(String name, byte[] charsmap) {
    new CharsmapCheck(name, charsmap).check();
  }

  /**
   * Checks the rules that a normalizer of a {@code tokenizer.json} has, if it has some.
   *
   * @throws BadInputException if they are broken
   */
  static void requireIn(String name, JsonNode normalizer) {
    for (JsonNode rules : normalizer.findValues("precompiled_charsmap")) {
      try {
        require(name, Base64.getDecoder().decode(rules.asText()));
      } catch (IllegalArgumentException e) {
        throw new BadInputException(
            name + ": key precompiled_charsmap: found no base64, expected some", e);
      }
    }
  }

  private void check() {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
    } catch (CharacterCodingException e) {
      throw bad("has replacements that are no UTF-8");
    }
    if (replacements.length == 0 || replacements[replacements.length - 1] != 0) {
      throw bad("has replacements that do not end with a zero");
    }
    BitSet seen = new BitSet(units.length);
    ArrayDeque<Integer> open = new ArrayDeque<>();
    visit(offset(units[0]), seen, open);
    while (!open.isEmpty()) {
      int node = open.remove();
      for (int label = 1; label < 256; label++) {
        int child = node ^ label;
        int unit = units[child];
        if ((unit & (VALUE | 0xFF)) == label) {
          int next = child ^ offset(unit);
          visit(next, seen, open);
          if ((unit >>> 8 & 1) == 1) {
            value(units[next]);
          }
        }
      }
    }
  }

  private void visit(int node, BitSet seen, ArrayDeque<Integer> open) {
    if ((node | 0xFF) < 0 || (node | 0xFF) >= units.length) {
      throw bad("leads to unit " + (node | 0xFF) + " of " + units.length);
    }
    if (!seen.get(node)) {
      seen.set(node);
      open.add(node);
    }
  }

  private void value(int unit) {
    int index = unit & ~VALUE;
    if (index >= replacements.length || (replacements[index] & 0xC0) == 0x80) {
      throw bad("names replacement " + index + " of " + replacements.length + " bytes");
    }
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }

  private BadInputException bad(String problem) {
    return new BadInputException(
        name
            + ": key precompiled_charsmap: "
            + problem
            + "; expected SentencePiece's compiled rules");
  }
}
