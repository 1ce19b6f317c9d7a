package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.tokenizer.TokenizerCheck;
import java.util.Map;

/** Texts, their ids, and the texts again. */
class TokenizersRoomTest extends GoldenRoomTest {
  TokenizersRoomTest() {
    super("tokenizers", Map.of("tokenizer", new TokenizerCheck()));
  }
}
