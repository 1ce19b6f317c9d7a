package dev.assay.engine.finetune;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.Require;
import dev.assay.engine.config.ScalarForm;
import dev.assay.engine.recipe.NamedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model that a student learns from.
 *
 * @param model {@code original} for the one that the recipe began with, or the directory or file of
 *     another, as seen from where the program runs
 * @param sha256 of another's tensors, so that a recipe says which it is; where it is not given null
 *     until it is {@link #identified}
 * @param domains of the answers that it teaches; null for all
 */
public record Teacher(
    @Describe("original: what the recipe began with; or directory or file of another model")
        String model,
    @Describe("sha256 over the tensors of another model; found where it is not given")
        @Nullable String sha256,
    @Describe("domains of the answers that it teaches; all if left out")
        @Nullable List<String> domains)
    implements NamedModel {
  private static final String ORIGINAL = "original";

  public Teacher {
    if (domains != null) {
      domains = List.copyOf(domains);
      Require.that(
          !domains.isEmpty() && domains.stream().noneMatch(String::isBlank),
          "domains",
          domains,
          "at least one name");
    }
    Require.that(!model.isBlank(), "model", "'" + model + "'", "original, or a model");
    if (model.equals(ORIGINAL)) {
      Require.that(sha256 == null, "sha256", String.valueOf(sha256), "none of the original");
    } else {
      // What is no model is told when a recipe is read; no tensor is, which might take minutes.
      requireModel(model);
    }
  }

  private static void requireModel(String model) {
    try {
      Checkpoint unused = Checkpoint.open(Path.of(model));
    } catch (BadInputException e) {
      throw new InvalidValueException(
          "model", "'" + model + "' (" + e.getMessage() + ")", "original, or a model");
    }
  }

  @Override
  public Teacher identified(Function<Path, String> hashes) {
    if (isOriginal()) {
      return this;
    }
    String found = hashes.apply(Path.of(model));
    requireHash(found);
    return new Teacher(model, found, domains);
  }

  /**
   * Makes sure that a model is the one that is meant.
   *
   * @param found sha256 over its tensors
   */
  void requireHash(String found) {
    Require.that(
        sha256 == null || sha256.equals(found),
        "sha256",
        found + " of " + model,
        String.valueOf(sha256));
  }

  /** A model by its name alone. */
  @ScalarForm(expected = "original, or the directory or file of a model")
  public static Teacher of(String model) {
    return new Teacher(model, null, null);
  }

  /** Whether it teaches answers of a domain; null for those of none. */
  boolean teaches(@Nullable String domain) {
    return domains == null || (domain != null && domains.contains(domain));
  }

  /** Whether it is the model that the recipe began with. */
  boolean isOriginal() {
    return model.equals(ORIGINAL);
  }
}
