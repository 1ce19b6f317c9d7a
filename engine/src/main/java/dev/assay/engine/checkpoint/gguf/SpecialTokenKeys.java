package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The keys of a GGUF file that name special tokens.
 *
 * @param tokens in the order of their ids
 * @param addsBosByDefault whether a text begins with BOS where the file does not say
 */
record SpecialTokenKeys(GgufFile file, List<String> tokens, boolean addsBosByDefault) {
  /** The id under {@code tokenizer.ggml.NAME_token_id}, if the key is there. */
  OptionalInt id(String name) {
    String key = TokenizerJson.PREFIX + name + "_token_id";
    if (!file.has(key)) {
      return OptionalInt.empty();
    }
    int id = file.whole(key);
    if (id >= tokens.size()) {
      throw new BadInputException(
          file.file() + ": key " + key + ": found " + id + ", expected below " + tokens.size());
    }
    return OptionalInt.of(id);
  }

  Optional<String> token(String name) {
    OptionalInt id = id(name);
    return id.isPresent() ? Optional.of(tokens.get(id.getAsInt())) : Optional.empty();
  }

  boolean addsBos() {
    return file.flag(TokenizerJson.PREFIX + "add_bos_token", addsBosByDefault);
  }

  /** The content of a {@code tokenizer_config.json}. */
  ObjectNode config() {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    token("bos").ifPresent(token -> config.put("bos_token", token));
    token("eos").ifPresent(token -> config.put("eos_token", token));
    config.put("add_bos_token", addsBos());
    return config;
  }
}
