package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.ExportLayout.Conversion;
import dev.assay.engine.checkpoint.packed.PackedLinear;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes a checkpoint anew in another published layout, its values unchanged to the last bit but
 * where rounding anew is allowed.
 */
public final class CheckpointExport {
  private static final String WEIGHT = ".weight";

  private final TorchSession torch;
  private final Checkpoint source;
  private final ExportedModel model;
  private final ExportLayout layout;
  private final boolean requantize;
  private final Conversion conversion;
  private final boolean nothingPacked;
  private final List<String> anew = new ArrayList<>();

  private CheckpointExport(
      TorchSession torch,
      Checkpoint source,
      ExportedModel model,
      ExportLayout layout,
      boolean requantize) {
    this.torch = torch;
    this.source = source;
    this.model = model;
    this.layout = layout;
    this.requantize = requantize;
    this.conversion = layout.begin(torch, source);
    this.nothingPacked = model.rounded().stream().allMatch(source::isDense);
  }

  /**
   * Writes a quantized checkpoint in another published layout: codes, zeros and scales stay what
   * they are, all other tensors are copied.
   *
   * @param requantize whether what the layout cannot hold as it is may be rounded anew, and where
   *     nothing is packed the model's linears may be rounded
   * @param target a directory that does not exist; it appears whole or not at all
   * @param shardBytes most bytes of tensors in a file
   * @return of each linear that was rounded anew, from which form to which
   * @throws BadCheckpointException if a linear is in a form that the layout cannot hold without
   *     rounding it anew, or that no loader of the format takes, or if the source is damaged
   */
  public static List<String> to(
      TorchSession torch,
      Checkpoint source,
      ExportedModel model,
      ExportLayout layout,
      boolean requantize,
      Path target,
      long shardBytes) {
    CheckpointExport export = new CheckpointExport(torch, source, model, layout, requantize);
    export.survey();
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, shardBytes)) {
      model.inputs().forEach(writer::input);
      model.caches().forEach(writer::cache);
      layout.sparsity().ifPresent(writer::sparsity);
      source
          .quantization()
          .filter(QuantizationConfig::isGptq)
          .ifPresent(config -> writer.version(config.format()));
      export.write(writer);
      writer.finish(source, model.config(), dtype(source));
    }
    return List.copyOf(export.anew);
  }

  private Set<String> prefixes() {
    Set<String> prefixes = new TreeSet<>(model.linears());
    prefixes.addAll(source.packedLinears().keySet());
    return prefixes;
  }

  /** Settles what all linears have in common, and makes sure that there is something to convert. */
  private void survey() {
    boolean any = false;
    for (String prefix : prefixes()) {
      try (NDManager scope = torch.manager().newSubManager()) {
        StoredWeight weight = source.linear(torch, scope, prefix);
        if (weight.isDense()) {
          any |= !plain(scope, prefix, weight).isDense();
          continue;
        }
        boolean blocks = isBlocks(weight) && !fits(scope, weight);
        if (!blocks && !staysDense(prefix)) {
          conversion.survey(weight);
          any = true;
        }
      } catch (NoPlaceException e) {
        if (!requantize && !model.beside().contains(prefix)) {
          throw refused(prefix, String.valueOf(e.getMessage()));
        }
      }
    }
    if (!any && !requantize) {
      throw new BadCheckpointException(
          "%s: found %s, expected %s".formatted(source.path(), forms(), layout.wanting()));
    }
  }

  /** What linears there are, for messages. */
  private String forms() {
    List<String> forms = model.rounded().stream().map(source::format).distinct().sorted().toList();
    return nothingPacked ? "no quantization" : "linears in the forms " + String.join(", ", forms);
  }

  /** Whether a linear is written value by value whatever it is. */
  private boolean staysDense(String prefix) {
    return model.beside().contains(prefix) && !layout.packsBeside();
  }

  private boolean fits(NDManager scope, StoredWeight weight) {
    try {
      conversion.exact(scope, weight);
      return true;
    } catch (NoPlaceException e) {
      return false;
    }
  }

  /** Blocks that only a GGUF file has; beside others they are written value by value. */
  private static boolean isBlocks(StoredWeight weight) {
    return weight.isReadOnly()
        || weight
            .onGrid()
            .map(QuantizedWeight::grid)
            .filter(grid -> grid.layout() == GridForm.Layout.GGUF && grid.bits() != 4)
            .isPresent();
  }

  private void write(CheckpointWriter writer) {
    Set<String> written = new TreeSet<>(model.omitted());
    for (String prefix : prefixes()) {
      Optional<PackedLinear> packed = PackedLinear.find(source, prefix);
      written.addAll(packed.map(PackedLinear::names).orElse(Set.of(prefix + WEIGHT)));
      try (NDManager scope = torch.manager().newSubManager()) {
        StoredWeight weight = converted(scope, prefix);
        layout.requireInput(weight, model.inputs().getOrDefault(prefix, new PlainInput()));
        if (weight.isDense() && !model.linears().contains(prefix)) {
          writer.put(prefix + WEIGHT, weight.dense().orElseThrow().values());
        } else {
          writer.putLinear(prefix, weight);
        }
      } catch (NoPlaceException e) {
        throw refused(prefix, String.valueOf(e.getMessage()));
      }
    }
    for (String name : source.names()) {
      if (!written.contains(name)) {
        try (NDManager scope = torch.manager().newSubManager()) {
          writer.put(name, source.tensor(torch, scope, name));
        }
      }
    }
  }

  private StoredWeight converted(NDManager scope, String prefix) {
    StoredWeight weight = source.linear(torch, scope, prefix);
    if (weight.isDense()) {
      return requantize && nothingPacked && model.rounded().contains(prefix)
          ? rounded(scope, prefix, weight)
          : plain(scope, prefix, weight);
    }
    if (staysDense(prefix)) {
      return values(scope, prefix, weight);
    }
    try {
      return conversion.exact(scope, weight);
    } catch (NoPlaceException e) {
      if (requantize && model.rounded().contains(prefix)) {
        return rounded(scope, prefix, weight);
      }
      if (isBlocks(weight) || model.beside().contains(prefix)) {
        return values(scope, prefix, weight);
      }
      throw e;
    }
  }

  private StoredWeight plain(NDManager scope, String prefix, StoredWeight weight) {
    return model.rounded().contains(prefix) ? conversion.values(scope, weight) : weight;
  }

  private StoredWeight values(NDManager scope, String prefix, StoredWeight weight) {
    DenseWeight values = new DenseWeight(weight.dequantize(torch, scope), DType.FLOAT32);
    return model.transposed().contains(prefix) ? values.transposed(torch, scope) : values;
  }

  private StoredWeight rounded(NDManager scope, String prefix, StoredWeight weight) {
    NDArray values = torch.tensors().cast(scope, weight.dequantize(torch, scope), DType.FLOAT32);
    boolean turned = weight.isDense() && model.transposed().contains(prefix);
    NDArray oriented = turned ? WeightRows.transposed(torch, scope, values) : values;
    StoredWeight rounded = conversion.rounded(scope, oriented, source.valueType(prefix));
    anew.add(source.format(prefix) + " to " + rounded.format());
    return rounded;
  }

  private BadCheckpointException refused(String prefix, String why) {
    return new BadCheckpointException(source.fileOf(prefix) + ": " + prefix + ": " + why);
  }

  private static String dtype(Checkpoint source) {
    String old = source.config().path("torch_dtype").asText("float16");
    return source.config().path("dtype").asText(old);
  }
}
