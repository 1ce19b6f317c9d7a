package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.TensorInfo;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * A Hugging Face directory with every tensor value by value: dense ones in their own type, those
 * that were quantized in float32, which holds their values exactly.
 */
final class SafetensorsExport implements ExportFormat {
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
    SortedMap<String, Set<String>> packed = source.packedLinears();
    Set<String> parts = new TreeSet<>();
    packed.values().forEach(parts::addAll);
    Set<String> transposed = transposed(source);
    ScriptModule script = torch.script(Checkpoint.class, "gguf.py");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, shardBytes)) {
      for (String name : source.names()) {
        if (!parts.contains(name)) {
          try (NDManager scope = torch.manager().newSubManager()) {
            writer.put(name, source.tensor(torch, scope, name));
          }
        }
      }
      for (String prefix : packed.keySet()) {
        try (NDManager scope = torch.manager().newSubManager()) {
          NDArray values = source.linear(torch, scope, prefix).dequantize(torch, scope);
          writer.put(
              prefix + ".weight",
              transposed.contains(prefix) ? script.call(scope, "transposed", values) : values);
        }
      }
      writer.finish(source, mainType(source, parts).label());
    }
  }

  /** Linears whose dense weight is [in, out]; packed ones always are [out, in]. */
  private static Set<String> transposed(Checkpoint source) {
    Set<String> prefixes = new TreeSet<>();
    for (Stack stack : new Families().architecture(source).stacks()) {
      for (Linear linear : stack.layout().parts().filter(Linear::transposed).toList()) {
        for (int layer = 0; layer < stack.spec().layers(); layer++) {
          prefixes.add(stack.names().inLayer(layer, linear.tensor()));
        }
      }
    }
    return prefixes;
  }

  private static DType mainType(Checkpoint source, Set<String> packed) {
    return source.names().stream()
        .filter(name -> !packed.contains(name))
        .map(source::info)
        .filter(info -> info.dtype().isFloating())
        .max(Comparator.comparingLong(TensorInfo::elements))
        .map(TensorInfo::dtype)
        .orElse(DType.FLOAT32);
  }
}
