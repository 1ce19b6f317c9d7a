package dev.assay.harness.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The classes and scripts that run.
 *
 * @param hashes sha256 of each, by its path in the class path's entry
 */
record CodeFiles(SortedMap<String, String> hashes) {
  private static final int DIGITS = 8;

  CodeFiles {
    hashes = Collections.unmodifiableSortedMap(new TreeMap<>(hashes));
  }

  /**
   * Reads the files that count for anything.
   *
   * @param entries directories and jars of the class path
   * @throws IOException if one cannot be read
   */
  static CodeFiles of(Collection<Path> entries) throws IOException {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Path entry : entries) {
      if (Files.isDirectory(entry)) {
        add(hashes, entry);
      } else {
        try (FileSystem jar = FileSystems.newFileSystem(entry)) {
          add(hashes, jar.getPath("/"));
        }
      }
    }
    return new CodeFiles(hashes);
  }

  private static void add(SortedMap<String, String> hashes, Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString().replace('\\', '/');
        if (CodeScope.FIGURES.has(name)) {
          hashes.put(name, DigestUtils.sha256Hex(Files.readAllBytes(file)));
        }
      }
    }
  }

  /**
   * The first 8 hexadecimal digits of a hash over the files of a scope.
   *
   * @param libraries other people's code that the scope rests on, each with its version
   */
  String digest(CodeScope scope, List<String> libraries) {
    StringBuilder text = new StringBuilder();
    libraries.forEach(library -> text.append(library).append('\n'));
    hashes.forEach(
        (name, hash) -> {
          if (scope.has(name)) {
            text.append(name).append(' ').append(hash).append('\n');
          }
        });
    return DigestUtils.sha256Hex(text.toString().getBytes(StandardCharsets.UTF_8))
        .substring(0, DIGITS);
  }
}
