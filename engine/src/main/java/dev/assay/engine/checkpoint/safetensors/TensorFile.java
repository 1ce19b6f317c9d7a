package dev.assay.engine.checkpoint.safetensors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.TensorBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.checkpoint.tensor.TensorLoader;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A safetensors file that stands by itself. */
public final class TensorFile {
  private final SortedMap<String, TensorInfo> tensors;

  private TensorFile(SortedMap<String, TensorInfo> tensors) {
    this.tensors = tensors;
  }

  /**
   * Opens a file; tensors are mapped into memory when asked for.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if it is none
   */
  public static TensorFile open(Path file) {
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    SafetensorsHeader.read(file).forEach(info -> tensors.put(info.name(), info));
    return new TensorFile(tensors);
  }

  /**
   * Writes tensors into a file, which appears whole or not at all, in the place of one that is
   * there.
   */
  public static void write(TorchSession torch, Path file, Map<String, NDArray> tensors) {
    List<TensorInfo> infos = new ArrayList<>();
    tensors.forEach(
        (name, tensor) -> {
          DType type = torch.tensors().typeOf(tensor);
          Shape shape = tensor.getShape();
          infos.add(new TensorInfo(name, type, shape, file, 0, shape.size() * type.bytes()));
        });
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      Files.deleteIfExists(partial);
      SafetensorsWriter.write(
          partial,
          infos,
          (info, out) ->
              TensorBytes.write(
                  torch.tensors(), Objects.requireNonNull(tensors.get(info.name())), out));
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Names of all tensors. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(tensors.keySet()));
  }

  /**
   * A tensor.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public NDArray tensor(TorchSession torch, NDManager owner, String name) {
    return TensorLoader.load(torch, owner, info(name));
  }

  /**
   * The shape of a tensor.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Shape shape(String name) {
    return info(name).shape();
  }

  private TensorInfo info(String name) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw new IllegalArgumentException("no tensor is called " + name);
    }
    return info;
  }
}
