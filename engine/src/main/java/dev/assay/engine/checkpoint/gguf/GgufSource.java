package dev.assay.engine.checkpoint.gguf;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.config.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A GGUF file as what a checkpoint of Hugging Face's would say of the same model.
 *
 * @param header the file's own words
 * @param config the configuration
 * @param tensors by Hugging Face's names
 * @param strays tensors that the architecture has no place for, by their own names
 */
public record GgufSource(
    GgufFile header,
    ObjectNode config,
    SortedMap<String, TensorInfo> tensors,
    List<TensorInfo> strays) {
  private static final String SPLITS = "split.count";
  private static final Set<String> SUFFIXES = Set.of("weight", "bias");

  public GgufSource {
    tensors = Collections.unmodifiableSortedMap(tensors);
    strays = List.copyOf(strays);
  }

  /**
   * Reads a file's header.
   *
   * @throws BadCheckpointException if it is damaged or of an unknown architecture
   */
  public static GgufSource read(Path file) {
    try {
      GgufFile header = GgufFile.read(file);
      if (header.has(SPLITS) && header.whole(SPLITS) > 1) {
        throw new BadCheckpointException(
            file + ": key " + SPLITS + ": found a part of a split model, expected a whole one");
      }
      GgufArchitecture architecture = new GgufArchitectures().of(header);
      ObjectNode config = architecture.config(header);
      return of(header, architecture, config);
    } catch (BadCheckpointException e) {
      throw e;
    } catch (BadInputException e) {
      throw new BadCheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  private static GgufSource of(GgufFile header, GgufArchitecture architecture, ObjectNode config) {
    Map<String, TensorMapping> mappings = new HashMap<>();
    architecture.modules().forEach(mapping -> mappings.put(mapping.gguf(), mapping));
    int layers = architecture.layers(config);
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    List<TensorInfo> strays = new ArrayList<>();
    for (GgufTensor tensor : header.tensors()) {
      if (!architecture.constants().contains(tensor.name())) {
        ModuleName name = ModuleName.of(tensor.name());
        TensorMapping mapping = mappings.get(name.pattern());
        if (mapping == null || name.layer() >= layers || !SUFFIXES.contains(name.suffix())) {
          strays.add(stray(header, tensor));
        } else {
          TensorInfo info = info(header, tensor, name, mapping, config);
          tensors.put(info.name(), info);
        }
      }
    }
    return new GgufSource(header, config, tensors, strays);
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
