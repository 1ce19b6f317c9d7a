package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * A Hugging Face directory with every tensor value by value: dense ones in their own type, those
 * that were quantized in float32, which holds their values exactly.
 */
final class SafetensorsExport implements ExportFormat {
  private static final String PACKED = ".qweight";

  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public String summary() {
    return "Hugging Face directory, quantized weights as float32";
  }

  @Override
  public void export(TorchSession torch, Checkpoint source, Path target, long shardBytes) {
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, shardBytes)) {
      for (String name : source.names()) {
        try (NDManager scope = torch.manager().newSubManager()) {
          put(torch, scope, source, name, writer);
        }
      }
      writer.finish(source, mainType(source).label());
    }
  }

  private static void put(
      TorchSession torch,
      NDManager scope,
      Checkpoint source,
      String name,
      CheckpointWriter writer) {
    String prefix = name.substring(0, Math.max(name.lastIndexOf('.'), 0));
    if (name.endsWith(PACKED)) {
      NDArray values = source.linear(torch, scope, prefix).dequantize(torch, scope);
      writer.put(prefix + ".weight", values);
    } else if (!source.has(prefix + PACKED) || name.endsWith(".bias")) {
      writer.put(name, source.tensor(torch, scope, name));
    }
  }

  private static DType mainType(Checkpoint source) {
    return source.names().stream()
        .filter(name -> !name.endsWith(PACKED))
        .map(source::info)
        .filter(info -> info.dtype().isFloating())
        .max(Comparator.comparingLong(TensorInfo::elements))
        .map(TensorInfo::dtype)
        .orElse(DType.FLOAT32);
  }
}
