package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a byte-level BPE (Radford et al. 2019), given as a vocabulary and its merges, as {@code
 * tokenizer.json}.
 *
 * @param name of what it is made from, for messages
 * @param vocabulary token, in GPT-2's alphabet of bytes, to id
 * @param merges {@code left right}, best first
 * @param split what happens before the merges
 * @param addPrefixSpace whether a text without a blank in front gets one
 * @param unknown token for bytes that the vocabulary lacks; without it they vanish
 */
public record ByteLevelConversion(
    String name,
    Map<String, Integer> vocabulary,
    List<String> merges,
    ByteLevelSplit split,
    boolean addPrefixSpace,
    Optional<String> unknown) {

  /**
   * Checks the vocabulary.
   *
   * @throws BadInputException if two tokens have one id, or an id is negative
   */
  public ByteLevelConversion {
    if (vocabulary.isEmpty()) {
      throw new BadInputException(name + ": found no tokens, expected a vocabulary");
    }
    Map<Integer, String> byId = new HashMap<>();
    for (Map.Entry<String, Integer> token : vocabulary.entrySet()) {
      String other = byId.put(token.getValue(), token.getKey());
      if (token.getValue() < 0 || other != null) {
        throw new BadInputException(
            "%s: token '%s': found id %d, expected one of its own%s"
                .formatted(
                    name,
                    token.getKey(),
                    token.getValue(),
                    other == null ? ", at least 0" : ", not that of '" + other + "'"));
      }
    }
  }

  /**
   * The text of a {@code tokenizer.json}.
   *
   * @param added special tokens and others that are found in a text first
   * @param frame what stands around a text
   * @throws BadInputException if a merge names no tokens, or ids contradict each other
   */
  public String json(Collection<AddedToken> added, Frame frame) {
    return new TokenizerPipeline(
            name,
            vocabulary,
            split.normalizer(),
            split.preTokenizer(addPrefixSpace),
            model(),
            ByteLevelSplit.byteLevel(true, true))
        .text(added, frame);
  }

  private JsonNode model() {
    ObjectNode bpe = TokenizerPipeline.typed("BPE");
    bpe.putNull("dropout");
    bpe.put("unk_token", unknown.filter(vocabulary::containsKey).orElse(null));
    bpe.putNull("continuing_subword_prefix");
    bpe.putNull("end_of_word_suffix");
    bpe.put("fuse_unk", false);
    bpe.put("byte_fallback", false);
    // Llama 3 takes a word that is a token as it is, even where no merges lead to it.
    bpe.put("ignore_merges", split == ByteLevelSplit.LLAMA3);
    ObjectNode tokens = bpe.putObject("vocab");
    vocabulary.forEach(tokens::put);
    ArrayNode pairs = bpe.putArray("merges");
    Set<String> known = new HashSet<>();
    for (int i = 0; i < merges.size(); i++) {
      if (!known.add(merges.get(i))) {
        throw bad(i, "found '" + merges.get(i) + "' again, expected each once");
      }
      merge(i, pairs.addArray());
    }
    return bpe;
  }

  private void merge(int index, ArrayNode pair) {
    String merge = merges.get(index);
    int cut = merge.indexOf(' ');
    if (cut < 1 || cut != merge.lastIndexOf(' ') || cut == merge.length() - 1) {
      throw bad(index, "found '" + merge + "', expected two tokens with a blank between them");
    }
    String left = merge.substring(0, cut);
    String right = merge.substring(cut + 1);
    for (String token : List.of(left, right, left + right)) {
      if (!vocabulary.containsKey(token)) {
        throw bad(index, "found '" + merge + "', but the vocabulary has no token '" + token + "'");
      }
    }
    pair.add(left).add(right);
  }

  private BadInputException bad(int index, String problem) {
    return new BadInputException(name + ": merge " + (index + 1) + ": " + problem);
  }
}
