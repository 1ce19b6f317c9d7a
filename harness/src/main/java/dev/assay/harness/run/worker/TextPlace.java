package dev.assay.harness.run.worker;

import dev.assay.engine.config.Describe;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a text file is.
 *
 * @param name as the suite writes it, which protocols say
 * @param path absolute
 */
public record TextPlace(
    @Describe("as the suite writes it") String name, @Describe("where it is") String path) {

  static List<TextPlace> of(Map<String, Path> texts) {
    return texts.entrySet().stream()
        .map(text -> new TextPlace(text.getKey(), text.getValue().toString()))
        .sorted(Comparator.comparing(TextPlace::name))
        .toList();
  }

  static Map<String, Path> asMap(List<TextPlace> texts) {
    return texts.stream().collect(Collectors.toMap(TextPlace::name, text -> Path.of(text.path())));
  }
}
