package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.gguf.GgufSource;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the weight files of a checkpoint hold.
 *
 * @param tensors by name
 * @param leftOut tensors that are in the files and not of the model, with the reason; no size
 *     counts them
 * @param absent tensors that an index names and no file holds, with what it says
 */
record Contents(
    SortedMap<String, TensorInfo> tensors,
    List<LeftOut> leftOut,
    SortedMap<String, String> absent) {
  private static final String NOTHING = "belongs to nothing in the model";

  /** Why a tensor that is in the files is left out. */
  enum Reason {
    UNNAMED("the index does not name it", NOTHING),
    COPY("the index says that it is in another", "is not the one that the index names"),
    /** These are too usual to be worth a note. */
    BUFFER("it is a buffer that older code saved along, and passed over", ""),
    REPLACED("it was replaced", ""),
    STRAY("it belongs to nothing in the model", NOTHING);

    private final String whyMissing;
    private final String note;

    Reason(String whyMissing, String note) {
      this.whyMissing = whyMissing;
      this.note = note;
    }
  }

  /** A tensor that is left out. */
  record LeftOut(TensorInfo tensor, Reason reason) {
    private static final Comparator<LeftOut> ORDER =
        Comparator.comparing((LeftOut left) -> left.tensor().name())
            .thenComparing(left -> left.tensor().file());
  }

  Contents {
    tensors = Collections.unmodifiableSortedMap(tensors);
    leftOut = leftOut.stream().sorted(LeftOut.ORDER).toList();
    absent = Collections.unmodifiableSortedMap(absent);
  }

  static Contents of(SortedMap<String, TensorInfo> tensors) {
    return new Contents(tensors, List.of(), new TreeMap<>());
  }

  /** Of a GGUF file. */
  static Contents of(GgufSource source) {
    List<LeftOut> strays =
        source.strays().stream().map(tensor -> new LeftOut(tensor, Reason.STRAY)).toList();
    return new Contents(source.tensors(), strays, new TreeMap<>());
  }

  /** The same without some tensors. */
  Contents without(Collection<String> names, Reason reason) {
    SortedMap<String, TensorInfo> fewer = new TreeMap<>(tensors);
    List<LeftOut> more = new ArrayList<>(leftOut);
    for (String name : names) {
      TensorInfo tensor = fewer.remove(name);
      if (tensor != null) {
        more.add(new LeftOut(tensor, reason));
      }
    }
    return new Contents(fewer, more, absent);
  }

  /** The same with others in place of those of their names. */
  Contents with(Contents others) {
    Contents fewer = without(others.tensors.keySet(), Reason.REPLACED);
    SortedMap<String, TensorInfo> all = new TreeMap<>(fewer.tensors);
    all.putAll(others.tensors);
    return new Contents(all, fewer.leftOut, absent);
  }

  /** The same by the names that are usual today, without the buffers that older code saved. */
  Contents published() {
    List<String> buffers = tensors.keySet().stream().filter(PublishedNames::isBuffer).toList();
    Contents fewer = without(buffers, Reason.BUFFER);
    return new Contents(PublishedNames.of(fewer.tensors), fewer.leftOut, absent);
  }

  /**
   * What is not as one would expect, a line for each tensor; buffers are, unless there is an index
   * and it leaves them out.
   */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (LeftOut left : leftOut) {
      if (!left.reason().note.isEmpty()) {
        notes.add(
            "%s: tensor '%s' %s; it is left out and counted nowhere"
                .formatted(left.tensor().file(), left.tensor().name(), left.reason().note));
      }
    }
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
    return distinctBytes(tensors.values().stream(), new HashSet<>());
  }

  /**
   * Bytes of tensors, those of one place once.
   *
   * @param counted places that are counted already; gains those of the tensors
   */
  private static long distinctBytes(Stream<TensorInfo> tensors, Set<Place> counted) {
    return tensors.filter(info -> counted.add(Place.of(info))).mapToLong(TensorInfo::bytes).sum();
  }

  /** Where bytes are, which several tensors may share. */
  private record Place(Path file, long begin, long end) {
    static Place of(TensorInfo info) {
      return new Place(info.file(), info.begin(), info.end());
    }
  }

  /** Why a tensor is missing, where there is more to say. */
  Optional<String> whyMissing(String name) {
    return Optional.ofNullable(absent.get(name))
        .or(
            () ->
                leftOut.stream()
                    .filter(left -> left.tensor().name().equals(name))
                    .map(
                        left ->
                            "%s: tensor '%s' is there, but %s"
                                .formatted(left.tensor().file(), name, left.reason().whyMissing))
                    .findFirst());
  }

  /**
   * Bytes of the weight files, headers included, less those that only tensors have that are left
   * out.
   *
   * @throws BadCheckpointException if a file is gone
   */
  long fileBytes() {
    List<Path> files = tensors.values().stream().map(TensorInfo::file).distinct().toList();
    Set<Place> kept = tensors.values().stream().map(Place::of).collect(Collectors.toSet());
    long without =
        distinctBytes(
            leftOut.stream().map(LeftOut::tensor).filter(tensor -> files.contains(tensor.file())),
            kept);
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
