package dev.assay.engine.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the weight files of a checkpoint hold.
 *
 * @param tensors by name
 * @param leftOut tensors that are in the files and belong to nothing; no size counts them
 * @param absent tensors that an index names and no file holds, with what it says
 */
record Contents(
    SortedMap<String, TensorInfo> tensors,
    SortedMap<String, TensorInfo> leftOut,
    SortedMap<String, String> absent) {
  Contents {
    tensors = Collections.unmodifiableSortedMap(tensors);
    leftOut = Collections.unmodifiableSortedMap(leftOut);
    absent = Collections.unmodifiableSortedMap(absent);
  }

  static Contents of(SortedMap<String, TensorInfo> tensors) {
    return new Contents(tensors, new TreeMap<>(), new TreeMap<>());
  }

  /** The same without some tensors. */
  Contents without(Collection<String> names) {
    SortedMap<String, TensorInfo> fewer = new TreeMap<>(tensors);
    SortedMap<String, TensorInfo> more = new TreeMap<>(leftOut);
    for (String name : names) {
      TensorInfo tensor = fewer.remove(name);
      if (tensor != null) {
        more.put(name, tensor);
      }
    }
    return new Contents(fewer, more, absent);
  }

  /** The same by the names that are usual today, without the buffers that older code saved. */
  Contents published() {
    List<String> buffers = tensors.keySet().stream().filter(PublishedNames::isBuffer).toList();
    Contents fewer = without(buffers);
    return new Contents(PublishedNames.of(fewer.tensors), fewer.leftOut, absent);
  }

  /** What is not as one would expect, a line for each tensor; buffers are. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    leftOut.forEach(
        (name, tensor) -> {
          if (!PublishedNames.isBuffer(name)) {
            notes.add(
                "%s: tensor '%s' belongs to nothing in the model; it is left out and counted nowhere"
                    .formatted(tensor.file(), name));
          }
        });
    absent.forEach((name, where) -> notes.add(where));
    return notes;
  }

  /** The file that holds a module's tensors, or a tensor, if one does. */
  Optional<Path> fileOf(String prefix) {
    return tensors.tailMap(prefix).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .filter(entry -> entry.getKey().equals(prefix) || entry.getKey().startsWith(prefix + "."))
        .map(entry -> entry.getValue().file())
        .findFirst();
  }

  /** Bytes of a module's tensors. */
  long bytesBelow(String prefix) {
    return tensors.tailMap(prefix + ".").entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix + "."))
        .mapToLong(entry -> entry.getValue().bytes())
        .sum();
  }

  /** Bytes of all tensors; what several of them share counts once. */
  long bytes() {
    Set<List<Object>> seen = new HashSet<>();
    return tensors.values().stream()
        .filter(info -> seen.add(List.of(info.file(), info.begin(), info.end())))
        .mapToLong(TensorInfo::bytes)
        .sum();
  }

  /** Why a tensor is missing, where there is more to say. */
  Optional<String> whyMissing(String name) {
    return Optional.ofNullable(absent.get(name))
        .or(
            () ->
                Optional.ofNullable(leftOut.get(name))
                    .map(
                        tensor ->
                            "%s: tensor '%s' is there, but the index does not name it"
                                .formatted(tensor.file(), name)));
  }

  /**
   * Bytes of the weight files, headers included, less those of tensors that are left out.
   *
   * @throws BadCheckpointException if a file is gone
   */
  long fileBytes() {
    List<Path> files = tensors.values().stream().map(TensorInfo::file).distinct().toList();
    long without =
        leftOut.values().stream()
            .filter(tensor -> files.contains(tensor.file()))
            .mapToLong(TensorInfo::bytes)
            .sum();
    return files.stream().mapToLong(Contents::size).sum() - without;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
