package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointExport;
import dev.assay.engine.checkpoint.packed.FormatLoaders;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
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
   * @throws BadInputException for families whose linears the format's loaders do not find, and
   *     where activations are divided by scales
   */
  @Override
  public Exported export(TorchSession torch, Checkpoint source, Path target, long shardBytes) {
    ModelSpec architecture = new Families().architecture(source);
    OwnSection.requireNothingOf(source, name(), "layers", "inputs", "caches", "weights");
    ModelTensors tensors = new ModelTensors(source, architecture);
    requireUndivided(source, tensors);
    List<String> linears = new ArrayList<>(tensors.linears());
    for (Stack stack : architecture.stacks()) {
      requireFound(source, stack);
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (String tensor : stack.layer(layer).layout().stored().keySet()) {
          linears.add(stack.names().inLayer(layer, tensor));
        }
      }
    }
    CheckpointExport.toCompressedTensors(torch, source, linears, target, shardBytes);
    Checkpoint written = Checkpoint.open(target);
    return Exported.of(written, notes(written));
  }

  static List<String> notes(Checkpoint written) {
    List<String> notes = new ArrayList<>();
    if (written.quantization().filter(config -> !config.symmetric()).isPresent()) {
      notes.add(
          "asymmetric grids, in the format's layout; transformers up to 5.24 with"
              + " compressed-tensors up to 0.20 does not load them");
    }
    FormatLoaders.note(
            QuantizationConfig.Format.COMPRESSED_TENSORS,
            written.config().path("model_type").asText(""))
        .ifPresent(notes::add);
    return notes;
  }

  /** The format has no place for what activations are divided by. */
  private static void requireUndivided(Checkpoint source, ModelTensors tensors) {
    if (!tensors.divisors().isEmpty()) {
      throw new BadInputException(
          source.path()
              + ": "
              + tensors.divisors().values().iterator().next()
              + ": found an activation that is divided channel by channel, expected none in"
              + " compressed-tensors; the format safetensors multiplies it into the weights");
    }
  }

  /** The loaders look for modules of the class Linear, with a name for each. */
  private static void requireFound(Checkpoint source, Stack stack) {
    if (stack.layer(0).layout().parts().anyMatch(Linear::transposed)) {
      throw new BadInputException(
          source.path()
              + ": found linears of the class Conv1D, which compressed-tensors does not pack;"
              + " expected a family whose linears are of the class Linear");
    }
  }
}
