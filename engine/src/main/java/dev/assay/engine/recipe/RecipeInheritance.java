package dev.assay.engine.recipe;

import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Problems;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.config.YamlNode.Entry;
import dev.assay.engine.config.YamlNode.Mapping;
import dev.assay.engine.config.YamlNode.Sequence;
import dev.assay.engine.config.YamlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Follows {@code extends} from file to file and merges what it finds. */
final class RecipeInheritance {
  private static final KeyPath EXTENDS = KeyPath.ROOT.key("extends");
  private static final List<String> NOT_INHERITED = List.of("name", "summary", "extends");

  private final RecipeLoader loader;

  RecipeInheritance(RecipeLoader loader) {
    this.loader = loader;
  }

  /**
   * A recipe's own keys.
   *
   * @throws dev.assay.engine.config.BadInputException if the file is missing or malformed
   */
  static Mapping read(Path file) {
    YamlNode root = YamlReader.read(file);
    if (!(root instanceof Mapping own)) {
      throw root.error(KeyPath.ROOT, "found " + root.describe() + ", expected a mapping");
    }
    return own;
  }

  /**
   * @param own the file's keys
   * @return them over those of the files that it extends, later ones over earlier ones
   * @throws dev.assay.engine.config.BadInputException with all that is wrong, if files that it
   *     extends are missing or malformed, or extend themselves
   */
  Mapping resolve(Path file, Mapping own) {
    return resolve(file, own, List.of());
  }

  private Mapping resolve(Path file, Mapping own, List<Path> descendants) {
    List<Path> chain = new ArrayList<>(descendants);
    chain.add(file);
    List<Mapping> parents = new ArrayList<>();
    Problems problems = new Problems();
    for (Reference parent : references(own)) {
      problems.in(
          () -> {
            Path parentFile = parentFile(parent, file, own, chain);
            parents.add(without(NOT_INHERITED, resolve(parentFile, read(parentFile), chain)));
          });
    }
    problems.requireNone();
    Mapping inherited = new Mapping(own.position(), Map.of());
    for (Mapping parent : parents) {
      inherited = RecipeMerge.overlay(inherited, parent);
    }
    return RecipeMerge.overlay(inherited, without(List.of("extends"), own));
  }

  private record Reference(KeyPath path, YamlNode written) {}

  private static List<Reference> references(Mapping own) {
    Optional<YamlNode> written = own.find(EXTENDS);
    if (written.isPresent() && written.get() instanceof Sequence sequence) {
      List<Reference> references = new ArrayList<>();
      for (YamlNode item : sequence.items()) {
        references.add(new Reference(EXTENDS.item(references.size()), item));
      }
      return references;
    }
    return written.map(node -> List.of(new Reference(EXTENDS, node))).orElse(List.of());
  }

  private Path parentFile(Reference parent, Path file, Mapping own, List<Path> chain) {
    String reference = new YamlBinder().bind(parent.written(), parent.path(), String.class);
    Path directory = file.getParent() == null ? Path.of("") : file.getParent();
    Path found = loader.file(reference, directory).normalize();
    if (!Files.isRegularFile(found)) {
      throw own.error(parent.path(), loader.unknown(reference));
    }
    if (chain.stream().anyMatch(link -> canonical(link).equals(canonical(found)))) {
      String circle =
          chain.stream()
              .map(link -> link.getFileName().toString())
              .collect(Collectors.joining(" -> "));
      throw own.error(
          parent.path(),
          "found a circle " + circle + " -> " + found.getFileName() + ", expected none");
    }
    return found;
  }

  private static Path canonical(Path file) {
    return file.toAbsolutePath().normalize();
  }

  private static Mapping without(List<String> keys, Mapping mapping) {
    Map<String, Entry> kept = new LinkedHashMap<>(mapping.entries());
    kept.keySet().removeAll(keys);
    return new Mapping(mapping.position(), kept);
  }
}
