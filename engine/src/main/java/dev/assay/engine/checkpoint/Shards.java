package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the weight files of a directory and what they hold. */
final class Shards {
  private Shards() {}

  /**
   * Every tensor of a checkpoint by name. Where there are several kinds of files, safetensors are
   * read; where there are both, the single file rather than the index.
   *
   * <p>Tensors that an index leaves out are left out, those that it names in vain are absent.
   *
   * @throws BadCheckpointException if a file is missing or damaged, or if a tensor is in another
   *     file than the index says or in two of them
   */
  static Contents read(Path directory) {
    for (WeightFiles kind : WeightFiles.values()) {
      Path single = directory.resolve(kind.single());
      if (Files.isRegularFile(single)) {
        return Contents.of(tensors(kind, List.of(single)));
      }
      Path index = directory.resolve(kind.index());
      if (Files.isRegularFile(index)) {
        return sharded(kind, directory, index);
      }
    }
    String names =
        Arrays.stream(WeightFiles.values())
            .flatMap(kind -> Stream.of(kind.single(), kind.index()))
            .collect(Collectors.joining(" nor "));
    throw new BadCheckpointException(
        directory + ": found neither " + names + ", expected one of them");
  }

  private static Contents sharded(WeightFiles kind, Path directory, Path index) {
    JsonNode weightMap = JsonFiles.read(index).path("weight_map");
    if (!weightMap.isObject() || weightMap.isEmpty()) {
      throw new BadCheckpointException(
          index + ": key weight_map: expected an object from tensor names to files");
    }
    TreeSet<Path> files = new TreeSet<>();
    for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
      files.add(shard(kind, directory, index, entry.getKey(), entry.getValue()));
    }
    SortedMap<String, TensorInfo> tensors = tensors(kind, List.copyOf(files));
    SortedMap<String, String> absent = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
      String name = entry.getKey();
      Path expected = directory.resolve(entry.getValue().asText());
      TensorInfo found = tensors.get(name);
      if (found == null) {
        absent.put(name, expected + ": tensor '" + name + "' is missing, expected as in " + index);
      } else if (!found.file().equals(expected)) {
        throw new BadCheckpointException(
            "%s: tensor '%s': found in %s, expected in %s"
                .formatted(index, name, found.file(), expected.getFileName()));
      }
    }
    List<String> unnamed = tensors.keySet().stream().filter(name -> !weightMap.has(name)).toList();
    return new Contents(tensors, new TreeMap<>(), absent).without(unnamed, Contents.Reason.UNNAMED);
  }

  /** Shards are plain names: a path could lead out of the checkpoint. */
  private static Path shard(
      WeightFiles kind, Path directory, Path index, String tensor, JsonNode node) {
    String name = node.asText();
    boolean plain =
        node.isTextual() && name.matches("[^/\\\\\\p{Cntrl}]+") && name.endsWith(kind.extension());
    if (!plain) {
      throw new BadCheckpointException(
          index
              + ": key weight_map."
              + tensor
              + ": found "
              + node
              + ", expected the name of a "
              + kind.extension()
              + " file in the same directory");
    }
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new BadCheckpointException(
          file + ": no such file; expected as " + index + " names it for tensor '" + tensor + "'");
    }
    return file;
  }

  private static SortedMap<String, TensorInfo> tensors(WeightFiles kind, List<Path> files) {
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    for (Path file : files) {
      for (TensorInfo tensor : kind.read(file)) {
        TensorInfo other = tensors.putIfAbsent(tensor.name(), tensor);
        if (other != null) {
          throw new BadCheckpointException(
              file + ": tensor '" + tensor.name() + "' is also in " + other.file());
        }
      }
    }
    return tensors;
  }
}
