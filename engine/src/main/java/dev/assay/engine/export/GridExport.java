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
import dev.assay.engine.weight.GridForm.Layout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Hugging Face directory in a published layout of codes on grids.
 *
 * @param name on the command line
 * @param layout GPTQ, AWQ or compressed-tensors
 */
record GridExport(String name, Layout layout) implements ExportFormat {
  @Override
  public String summary() {
    return "Hugging Face directory, packed as " + name;
  }

  /**
   * {@inheritDoc}
   *
   * @throws BadInputException for families whose linears the format's loaders do not find, and
   *     where activations are divided by scales
   */
  @Override
  public Exported export(
      TorchSession torch, Checkpoint source, Path target, ExportOptions options) {
    ModelSpec architecture = new Families().architecture(source);
    OwnSection.requireNothingOf(source, name, "layers", "folded", "inputs", "caches");
    if (options.requantize()) {
      throw new BadInputException(
          "--requantize: found with the format %s, expected with gguf: a recipe rounds to the grids"
                  .formatted(name)
              + " of this one");
    }
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
    CheckpointExport.to(torch, source, linears, layout, target, options.shardBytes());
    Checkpoint written = Checkpoint.open(target);
    return Exported.of(written, notes(written));
  }

  static List<String> notes(Checkpoint written) {
    List<String> notes = new ArrayList<>();
    QuantizationConfig config = written.quantization().orElseThrow();
    if (config.format() == QuantizationConfig.Format.COMPRESSED_TENSORS && !config.symmetric()) {
      notes.add(
          "asymmetric grids, in the format's layout; transformers up to 5.24 with"
              + " compressed-tensors up to 0.20 does not load them");
    }
    FormatLoaders.note(config.format(), written.config().path("model_type").asText(""))
        .ifPresent(notes::add);
    return notes;
  }

  /** The format has no place for what activations are divided by. */
  private void requireUndivided(Checkpoint source, ModelTensors tensors) {
    if (layout != Layout.AWQ && !tensors.divisors().isEmpty()) {
      throw new BadInputException(
          source.path()
              + ": "
              + tensors.divisors().values().iterator().next()
              + ": found an activation that is divided channel by channel, expected none in "
              + name
              + "; the format safetensors multiplies it into the weights");
    }
  }

  /** The loaders look for modules of the class Linear, with a name for each. */
  private void requireFound(Checkpoint source, Stack stack) {
    if (layout != Layout.GPTQ && stack.layer(0).layout().parts().anyMatch(Linear::transposed)) {
      throw new BadInputException(
          source.path()
              + ": found linears of the class Conv1D, which "
              + name
              + " does not pack; expected a family whose linears are of the class Linear");
    }
  }
}
