package dev.assay.engine.structured;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The tensors of a checkpoint that have a row for each token. */
final class VocabularyTensors {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private VocabularyTensors() {}

  /**
   * Names of the embedding, of copies of it, and of the head with its bias, as far as they are
   * there.
   *
   * @throws BadInputException if one is not stored value by value
   */
  static Set<String> of(Checkpoint source, ModelSpec spec) {
    Set<String> modules = new TreeSet<>(Set.of("encoder.embed_tokens", "decoder.embed_tokens"));
    spec.stacks()
        .forEach(
            stack -> {
              modules.add(stack.names().embedding());
              modules.add(stack.names().head());
            });
    // What fills gaps has a bias of its own, and at times a copy of the table.
    modules.add("cls.predictions");
    modules.add("cls.predictions.decoder");
    Set<String> names = new TreeSet<>();
    for (String module : modules) {
      if (source.isPacked(module) || source.has(module + WEIGHT) && !source.isDense(module)) {
        throw new BadInputException(
            "%s: found it stored as %s, expected value by value, as rows go"
                .formatted(module, source.format(module)));
      }
      Stream.of(module + WEIGHT, module + BIAS)
          .filter(source::has)
          .filter(name -> source.info(name).shape().get(0) == spec.spec().vocabularySize())
          .forEach(names::add);
    }
    return names;
  }
}
