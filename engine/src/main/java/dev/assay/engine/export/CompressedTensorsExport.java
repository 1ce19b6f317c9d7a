package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointExport;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelTensors;
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

  /**
   * {@inheritDoc}
   *
   * @throws BadInputException for families whose linears the format's loaders do not find
   */
  @Override
  public void export(TorchSession torch, Checkpoint source, Path target, long shardBytes) {
    Architecture architecture = new Families().architecture(source);
    List<String> linears = new ArrayList<>(new ModelTensors(source, architecture).linears());
    for (Stack stack : architecture.stacks()) {
      requireFound(source, stack);
      for (int layer = 0; layer < stack.spec().layers(); layer++) {
        for (String tensor : stack.layout().stored().keySet()) {
          linears.add(stack.names().inLayer(layer, tensor));
        }
      }
    }
    CheckpointExport.toCompressedTensors(torch, source, linears, target, shardBytes);
  }

  @Override
  public List<String> notes(Checkpoint written) {
    return written
        .quantization()
        .filter(config -> !config.symmetric())
        .map(
            config ->
                "asymmetric grids, in the format's layout; transformers up to 5.24 with"
                    + " compressed-tensors up to 0.20 does not load them")
        .stream()
        .toList();
  }

  /** The loaders look for modules of the class Linear, with a name for each. */
  private static void requireFound(Checkpoint source, Stack stack) {
    if (stack.layout().parts().anyMatch(Linear::transposed)) {
      throw new BadInputException(
          source.path()
              + ": found linears of the class Conv1D, which compressed-tensors does not pack;"
              + " expected a family whose linears are of the class Linear");
    }
  }
}
