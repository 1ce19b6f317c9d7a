package dev.assay.engine.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Contents.LeftOut;
import dev.assay.engine.checkpoint.gguf.Adjustment;
import dev.assay.engine.checkpoint.gguf.GgufArchitecture;
import dev.assay.engine.checkpoint.gguf.GgufArchitectures;
import dev.assay.engine.checkpoint.gguf.GgufEncoding;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.GgufTensor;
import dev.assay.engine.checkpoint.gguf.TensorMapping;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A GGUF file as what a checkpoint of Hugging Face's would say of the same model.
 *
 * @param header the file's own words
 * @param config the configuration
 * @param contents the tensors by Hugging Face's names; by their own those that are left out, as the
 *     architecture has no place for them
 */
record GgufSource(GgufFile header, ObjectNode config, Contents contents) {
  private static final String SUFFIX = ".gguf";
  private static final String SPLITS = "split.count";
  private static final Set<String> SUFFIXES = Set.of("weight", "bias");

  /**
   * The file that a path means: itself, or the only one of a directory that is none of Hugging
   * Face's.
   */
  static Optional<Path> find(Path path) {
    if (Files.isRegularFile(path)) {
      return Optional.of(path).filter(GgufSource::isGguf);
    }
    boolean huggingFace =
        Files.exists(path.resolve("config.json"))
            || Arrays.stream(WeightFiles.values())
                .flatMap(kind -> Stream.of(kind.single(), kind.index()))
                .anyMatch(name -> Files.exists(path.resolve(name)));
    if (huggingFace || !Files.isDirectory(path)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> files = entries.filter(GgufSource::isGguf).sorted().toList();
      if (files.size() > 1) {
        throw new BadCheckpointException(
            path
                + ": found "
                + files.size()
                + " GGUF files, expected one, or the path of one of them");
      }
      return files.stream().findFirst();
    } catch (IOException e) {
      throw new BadCheckpointException(path + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static boolean isGguf(Path file) {
    return file.toString().endsWith(SUFFIX) && Files.isRegularFile(file);
  }

  /**
   * Reads a file's header.
   *
   * @throws BadCheckpointException if it is damaged or of an unknown architecture
   */
  static GgufSource read(Path file) {
    try {
      GgufFile header = GgufFile.read(file);
      if (header.has(SPLITS) && header.whole(SPLITS) > 1) {
        throw new BadCheckpointException(
            file + ": key " + SPLITS + ": found a part of a split model, expected a whole one");
      }
      GgufArchitecture architecture = new GgufArchitectures().of(header);
      ObjectNode config = architecture.config(header);
      return new GgufSource(header, config, contents(header, architecture, config));
    } catch (BadCheckpointException e) {
      throw e;
    } catch (BadInputException e) {
      throw new BadCheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Contents contents(
      GgufFile header, GgufArchitecture architecture, ObjectNode config) {
    Map<String, TensorMapping> mappings = new HashMap<>();
    architecture.modules().forEach(mapping -> mappings.put(mapping.gguf(), mapping));
    int layers = architecture.layers(config);
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    List<LeftOut> strays = new ArrayList<>();
    for (GgufTensor tensor : header.tensors()) {
      if (!architecture.constants().contains(tensor.name())) {
        ModuleName name = ModuleName.of(tensor.name());
        TensorMapping mapping = mappings.get(name.pattern());
        if (mapping == null || name.layer() >= layers || !SUFFIXES.contains(name.suffix())) {
          strays.add(new LeftOut(stray(header, tensor), Contents.Reason.STRAY));
        } else {
          TensorInfo info = info(header, tensor, name, mapping, config);
          tensors.put(info.name(), info);
        }
      }
    }
    return new Contents(tensors, strays, new TreeMap<>());
  }

  private static TensorInfo stray(GgufFile header, GgufTensor tensor) {
    return new TensorInfo(
        tensor.name(),
        tensor.type().loaded(),
        new Shape(tensor.shape()),
        header.file(),
        tensor.begin(),
        tensor.end());
  }

  private static TensorInfo info(
      GgufFile header,
      GgufTensor tensor,
      ModuleName name,
      TensorMapping mapping,
      ObjectNode config) {
    long[] shape = tensor.shape();
    Adjustment adjustment = mapping.adjustment(name.suffix(), shape.length, config);
    if (adjustment instanceof Adjustment.InterleavedHeads heads
        && shape[0] % (2L * heads.heads()) != 0) {
      throw new BadCheckpointException(
          header.file()
              + ": tensor '"
              + tensor.name()
              + "': found "
              + shape[0]
              + " rows, expected an even number for each of "
              + heads.heads()
              + " heads");
    }
    long[] loaded =
        adjustment instanceof Adjustment.Transposed ? new long[] {shape[1], shape[0]} : shape;
    return new TensorInfo(
        mapping.huggingFace(name.layer()) + "." + name.suffix(),
        tensor.type().loaded(),
        new Shape(loaded),
        header.file(),
        tensor.begin(),
        tensor.end(),
        new GgufEncoding(tensor.type(), adjustment));
  }
}
