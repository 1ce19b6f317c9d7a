package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointExport;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Hugging Face directory in the layout {@code pack-quantized} of compressed-tensors. */
final class CompressedTensorsExport implements ExportFormat {
  @Override
  public String name() {
    return "compressed-tensors";
  }

  @Override
  public String summary() {
    return "Hugging Face directory, packed as compressed-tensors";
  }

  @Override
  public void export(TorchSession torch, Checkpoint source, Path target, long shardBytes) {
    List<String> linears = new ArrayList<>();
    for (Stack stack : new Families().architecture(source).stacks()) {
      for (int layer = 0; layer < stack.spec().layers(); layer++) {
        for (String tensor : stack.layout().stored().keySet()) {
          linears.add(stack.names().inLayer(layer, tensor));
        }
      }
    }
    CheckpointExport.toCompressedTensors(torch, source, linears, target, shardBytes);
  }
}
