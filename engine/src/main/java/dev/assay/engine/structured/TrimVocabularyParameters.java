package dev.assay.engine.structured;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tokens go, with their rows of the embedding and the head: those that a text uses least, or all
 * that a list does not name. Special tokens, the alphabet, and whatever tokens are merged from
 * stay.
 *
 * @param keep how many tokens stay in all; null where a list says which
 * @param text path of a text in UTF-8 whose tokens are counted; null for the calibration samples
 * @param list path of a file with a token, or its id, a line; null for counts
 * @param sha256 of the file that {@code text} or {@code list} names, so that a recipe says which it
 *     is; found where it is not given
 */
public record TrimVocabularyParameters(
    @Describe("how many tokens stay, special tokens and the alphabet among them")
        @Nullable Integer keep,
    @Describe("path of a text in UTF-8 whose tokens are counted, in place of calibration samples")
        @Nullable String text,
    @Describe("path of a file that lists what stays, in place of counts: a token or an id a line")
        @Nullable String list,
    @Describe("sha256 of the file that text or list names; found where it is not given")
        @Nullable String sha256)
    implements Stage {
  public TrimVocabularyParameters {
    Require.that(
        (keep == null) != (list == null),
        "keep",
        keep == null ? "none, and no list" : keep + " beside a list",
        "either keep, for counts, or list");
    if (keep != null) {
      Require.atLeast("keep", keep, 1);
    }
    Require.that(text == null || list == null, "text", text + " beside a list", "one of the two");
    @Nullable String file = text == null ? list : text;
    Require.that(
        file != null || sha256 == null,
        "sha256",
        String.valueOf(sha256),
        "none without text or list");
    if (file != null) {
      String found = TextFile.of(text == null ? "list" : "text", Path.of(file)).sha256();
      if (sha256 == null) {
        sha256 = found;
      }
      Require.that(sha256.equals(found), "sha256", found + " of " + file, sha256);
    }
  }
}
