package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/** The key {@code model} of a {@code tokenizer.json}, as far as trimming has to know it. */
sealed interface TokenModel permits MergedTokens, ScoredPieces, WordPieces {
  /** Its tokens and their ids, without what was added to it. */
  Map<String, Integer> ids();

  /** The tokens that go at no time, so that every text that had tokens still has some. */
  Set<Integer> alphabet();

  /** The tokens without which a token never comes about, itself among them. */
  Set<Integer> parts(String token);

  /** The same with fewer tokens under new ids. */
  ObjectNode cut(KeptIds kept);
}
