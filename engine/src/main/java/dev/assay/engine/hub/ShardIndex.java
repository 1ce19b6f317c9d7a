package dev.assay.engine.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** The files that the index of a sharded checkpoint names. */
final class ShardIndex {
  private static final long LARGEST = 64L << 20;

  private ShardIndex() {}

  /**
   * @throws BadInputException if the file is no such index, or names a file elsewhere
   */
  static Set<String> files(Path index) {
    JsonNode map;
    try {
      if (Files.size(index) > LARGEST) {
        throw new BadInputException(
            index + ": found more than " + LARGEST + " bytes, expected an index of shards");
      }
      map = ForeignJson.read(index.toString(), Files.readAllBytes(index)).root().path("weight_map");
    } catch (IOException e) {
      throw new BadInputException(index + ": cannot be read: " + e.getMessage(), e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw new BadInputException(
          index + ": key weight_map: expected an object from tensor names to files");
    }
    Set<String> files = new TreeSet<>();
    for (JsonNode file : map) {
      String name = file.asText();
      if (!file.isTextual() || name.contains("/") || FileName.fault(name).isPresent()) {
        throw new BadInputException(
            index
                + ": key weight_map: found '"
                + FileName.shown(name)
                + "', expected the name of a file in the same directory");
      }
      files.add(name);
    }
    return files;
  }
}
