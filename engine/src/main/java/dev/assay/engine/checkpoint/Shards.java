package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Contents.LeftOut;
import dev.assay.engine.checkpoint.Contents.Reason;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
   * <p>Tensors that an index leaves out are left out, as are copies of a tensor in other files than
   * the index says; those that it names in vain are absent.
   *
   * @throws BadCheckpointException if a file is missing or damaged, or if a tensor is only in
   *     another file than the index says
   */
  static Contents read(Path directory) {
    for (WeightFiles kind : WeightFiles.values()) {
      Path single = directory.resolve(kind.single());
      if (Files.isRegularFile(single)) {
        SortedMap<String, TensorInfo> tensors = new TreeMap<>();
        kind.read(single).forEach(tensor -> tensors.put(tensor.name(), tensor));
        return Contents.of(tensors);
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
    Map<String, List<TensorInfo>> found = new TreeMap<>();
    for (Path file : files) {
      kind.read(file)
          .forEach(
              tensor ->
                  found.computeIfAbsent(tensor.name(), name -> new ArrayList<>()).add(tensor));
    }
    return contents(directory, index, weightMap, found);
  }

  private static Contents contents(
      Path directory, Path index, JsonNode weightMap, Map<String, List<TensorInfo>> found) {
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    List<LeftOut> leftOut = new ArrayList<>();
    SortedMap<String, String> absent = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
      String name = entry.getKey();
      Path expected = directory.resolve(entry.getValue().asText());
      List<TensorInfo> places = found.getOrDefault(name, List.of());
      if (places.isEmpty()) {
        absent.put(name, expected + ": tensor '" + name + "' is missing, expected as in " + index);
        continue;
      }
      for (TensorInfo place : places) {
        if (place.file().equals(expected)) {
          tensors.put(name, place);
        } else {
          leftOut.add(new LeftOut(place, Reason.COPY));
        }
      }
      if (!tensors.containsKey(name)) {
        throw new BadCheckpointException(
            "%s: tensor '%s': found in %s, expected in %s"
                .formatted(index, name, places.get(0).file(), expected.getFileName()));
      }
    }
    found.forEach(
        (name, places) -> {
          if (!weightMap.has(name)) {
            places.forEach(place -> leftOut.add(new LeftOut(place, Reason.UNNAMED)));
          }
        });
    return new Contents(tensors, leftOut, absent);
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
}
