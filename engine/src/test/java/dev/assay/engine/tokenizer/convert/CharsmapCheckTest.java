package dev.assay.engine.tokenizer.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.SentencePieceWriter;
import dev.assay.engine.tokenizer.SpecialTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CharsmapCheckTest {
  @Test
  void cutAndChangedRulesAreRefusedOrSafe() throws Exception {
    byte[] rules = SentencePieceWriter.charsmap();
    CharsmapCheck.require("file", rules);
    for (int length = 0; length < rules.length; length++) {
      byte[] cut = Arrays.copyOf(rules, length);
      assertThatThrownBy(() -> CharsmapCheck.require("file", cut))
          .as("%d bytes", length)
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("file: key precompiled_charsmap: ");
    }
    // Bytes 4 to 7 are the root, whose offset then leads beyond the trie.
    rules[6] = 0x7F;
    assertThatThrownBy(() -> CharsmapCheck.require("file", rules))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("leads to unit");
  }

  /** The library survives whatever passes: were it not so, this process would end here. */
  @Test
  void whatPassesIsSafe() {
    Random random = new Random(2);
    int passed = 0;
    for (int i = 0; i < 400; i++) {
      byte[] rules = SentencePieceWriter.charsmap();
      // Anything, or the roots of the trie.
      int place = i % 2 == 0 ? random.nextInt(rules.length) : 4 + random.nextInt(8);
      rules[place] = (byte) random.nextInt();
      try (Tokenizer tokenizer = Tokenizer.fromJson("file", json(rules), SpecialTokens.NONE)) {
        tokenizer.encode("\uff21b a \u00e9 \ud83d\ude00");
        passed++;
      } catch (BadInputException e) {
        assertThat(e).hasMessageStartingWith("file: key precompiled_charsmap: ");
      }
    }
    assertThat(passed).isBetween(20, 380);
  }

  private static String json(byte[] rules) {
    return """
        {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "%s"},
         "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.0]]}}"""
        .formatted(Base64.getEncoder().encodeToString(rules));
  }
}
