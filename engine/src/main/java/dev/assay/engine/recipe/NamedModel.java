package dev.assay.engine.recipe;

import java.nio.file.Path;
import java.util.function.Function;

/** What a recipe says of a model beside the one that it works on, a teacher for one. */
public interface NamedModel {
  /**
   * The same with the sha256 over the model's tensors, so that a recipe says which it is. Hashing a
   * large model takes minutes, so a recipe that is read does not have it yet.
   *
   * @param hashes by the place of a model
   * @throws dev.assay.engine.config.InvalidValueException if it has another hash than is said
   */
  NamedModel identified(Function<Path, String> hashes);
}
