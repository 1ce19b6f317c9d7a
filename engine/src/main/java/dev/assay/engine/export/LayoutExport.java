package dev.assay.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointExport;
import dev.assay.engine.checkpoint.ExportedModel;
import dev.assay.engine.checkpoint.packed.ArtifactCard;
import dev.assay.engine.checkpoint.packed.FormatLoaders;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.KeyValueScales;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A Hugging Face directory in a published layout.
 *
 * @param name on the command line
 * @param types what can be rounded to where rounding anew is allowed; none without a choice
 * @param grids whether that is a grid of any bits and groups
 * @param layout of what options
 */
record LayoutExport(
    String name, List<String> types, boolean grids, Function<ExportOptions, PublishedLayout> layout)
    implements ExportFormat {
  @Override
  public String summary() {
    return "Hugging Face directory, packed as " + name;
  }

  /**
   * {@inheritDoc}
   *
   * @throws BadInputException for families whose linears the format's loaders do not find, and
   *     where the model is something that the format has no place for
   */
  @Override
  public Exported export(
      TorchSession torch, Checkpoint source, Path target, ExportOptions options) {
    PublishedLayout chosen = layout.apply(options);
    ModelSpec architecture = new Families().architecture(source);
    OwnSection.requireNothingOf(
        source, name, "layers", "folded", "biases", "sliced", "experts", "exits");
    ModelTensors tensors = new ModelTensors(source, architecture);
    requireUndivided(source, chosen, tensors);
    List<String> linears = new ArrayList<>(tensors.linears());
    Set<String> layers = new TreeSet<>();
    for (Stack stack : architecture.stacks()) {
      requireFound(source, chosen, stack);
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (String tensor : stack.layer(layer).layout().stored().keySet()) {
          layers.add(stack.names().inLayer(layer, tensor));
        }
      }
    }
    linears.addAll(layers);
    Treatments treatments = Treatments.of(source, architecture, name, chosen);
    List<String> anew =
        CheckpointExport.to(
            torch,
            source,
            new ExportedModel(
                linears,
                layers,
                beside(source, tensors),
                tensors.transposed(),
                treatments.inputs(),
                treatments.caches(),
                new KeyValueScales(source).names(),
                configuration(source, architecture, treatments)),
            chosen,
            options.requantize(),
            target,
            options.shardBytes());
    Checkpoint written = Checkpoint.open(target);
    List<String> notes = new ArrayList<>(roundings(anew));
    treatments.note().ifPresent(notes::add);
    chosen.note(written, treatments.inputs()).ifPresent(notes::add);
    notes.addAll(notes(written));
    return Exported.of(written, notes);
  }

  /** A GGUF file's blocks have a plain name, and are packed all the same. */
  private static Set<String> beside(Checkpoint source, ModelTensors tensors) {
    Set<String> beside = new TreeSet<>(tensors.packedOutsideLayers());
    tensors.linears().stream().filter(linear -> !source.isDense(linear)).forEach(beside::add);
    return beside;
  }

  /** What the published keys say of inputs, keys and values needs no section of its own. */
  private static JsonNode configuration(
      Checkpoint source, ModelSpec architecture, Treatments treatments) {
    return treatments.said()
        ? OwnSection.without(source.config(), "inputs", "caches")
        : new Families().configuration(source.config(), architecture);
  }

  /** How many linears went from which form to which. */
  private static List<String> roundings(Collection<String> anew) {
    Map<String, Integer> counts = new TreeMap<>();
    anew.forEach(each -> counts.merge(each, 1, Integer::sum));
    return counts.entrySet().stream()
        .map(
            entry ->
                "rounded anew: %d linears, from %s".formatted(entry.getValue(), entry.getKey()))
        .toList();
  }

  static List<String> notes(Checkpoint written) {
    List<String> notes = new ArrayList<>();
    if (written.quantization().isEmpty()) {
      notes.add(ArtifactCard.SPARSE);
      return notes;
    }
    QuantizationConfig config = written.quantization().get();
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
  private void requireUndivided(Checkpoint source, PublishedLayout chosen, ModelTensors tensors) {
    if (!chosen.dividesActivations() && !tensors.divisors().isEmpty()) {
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
  private void requireFound(Checkpoint source, PublishedLayout chosen, Stack stack) {
    if (!chosen.packsConv1d() && stack.layer(0).layout().parts().anyMatch(Linear::transposed)) {
      throw new BadInputException(
          source.path()
              + ": found linears of the class Conv1D, which "
              + name
              + " does not pack; expected a family whose linears are of the class Linear");
    }
  }
}
