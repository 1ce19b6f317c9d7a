package dev.assay.engine.checkpoint.packed;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The lists {@code targets} and {@code ignore} of compressed-tensors: names of modules, {@code re:}
 * and a pattern that is matched from a name's start, or names of classes.
 */
final class CompressedTensorsTargets {
  private static final String EXPRESSION = "re:";
  private static final String EMBEDDING = "Embedding";

  private CompressedTensorsTargets() {}

  /** The entries of a list; nothing where it is left out. */
  static List<String> of(ConfigNode json, String key) {
    List<String> entries = new ArrayList<>();
    if (!json.isAbsent(key)) {
      if (!json.get(key).isArray()) {
        throw json.bad(key, "a list of module names");
      }
      json.get(key).forEach(entry -> entries.add(entry.asText()));
    }
    return entries;
  }

  /** Whether an entry means a class: those begin with a capital, modules do not. */
  static boolean isClass(String entry) {
    return !entry.isEmpty()
        && !entry.startsWith(EXPRESSION)
        && Character.isUpperCase(entry.charAt(0));
  }

  /** Whether an entry fits a module's name. Any class but that of embeddings fits every linear. */
  static Predicate<String> fits(ConfigNode json, String key, String entry) {
    if (entry.startsWith(EXPRESSION)) {
      try {
        Pattern pattern = Pattern.compile(entry.substring(EXPRESSION.length()));
        return module -> pattern.matcher(module).lookingAt();
      } catch (PatternSyntaxException e) {
        throw json.bad(key, entry, "a pattern: " + e.getDescription());
      }
    }
    if (isClass(entry)) {
      boolean embedding = entry.equals(EMBEDDING);
      return module -> embedding == isEmbedding(module);
    }
    return entry::equals;
  }

  /** Whether a module of that name is an embedding. */
  static boolean isEmbedding(String module) {
    String last = module.substring(module.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return last.startsWith("embed_") && !last.equals("embed_out")
        || last.equals("wte")
        || last.equals("word_embeddings")
        || last.equals("shared");
  }
}
