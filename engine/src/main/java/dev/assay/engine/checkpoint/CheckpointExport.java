package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.packed.PackedLinear;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.LoadableShapes;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Writes a checkpoint anew in another published format, its values unchanged to the last bit. */
public final class CheckpointExport {
  private final TorchSession torch;
  private final Checkpoint source;
  private final CheckpointWriter writer;

  private CheckpointExport(TorchSession torch, Checkpoint source, CheckpointWriter writer) {
    this.torch = torch;
    this.source = source;
    this.writer = writer;
  }

  /**
   * Writes a quantized checkpoint in the layout {@code pack-quantized} of compressed-tensors:
   * codes, zeros and scales stay what they are, all other tensors are copied.
   *
   * @param source quantized on uniform grids
   * @param linears prefixes of what loaders take for linears; those that are dense are listed as
   *     left out of the quantization, which they need to know
   * @param target a directory that does not exist; it appears whole or not at all
   * @param shardBytes most bytes of tensors in a file
   * @throws BadCheckpointException if the source is not so quantized, in a form that no loader of
   *     the format takes, or damaged
   */
  public static void toCompressedTensors(
      TorchSession torch, Checkpoint source, List<String> linears, Path target, long shardBytes) {
    if (source.quantization().filter(QuantizationConfig::packsGrids).isEmpty()) {
      throw new BadCheckpointException(
          source.directory()
              + ": found "
              + source.quantization().map(Object::toString).orElse("no quantization")
              + ", expected linears on grids of 1 to 8 bits, all that compressed-tensors packs");
    }
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, shardBytes)) {
      new CheckpointExport(torch, source, writer).run(linears);
      writer.finish(source, dtype(source));
    }
  }

  private void run(List<String> linears) {
    Set<String> prefixes = new TreeSet<>(linears);
    prefixes.addAll(source.packedLinears().keySet());
    Set<String> written = new TreeSet<>();
    for (String prefix : prefixes) {
      Optional<PackedLinear> packed = PackedLinear.find(source, prefix);
      written.addAll(packed.map(PackedLinear::names).orElse(Set.of(prefix + ".weight")));
      try (NDManager scope = torch.manager().newSubManager()) {
        writer.putLinear(prefix, converted(prefix, source.linear(torch, scope, prefix)));
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

  private StoredWeight converted(String prefix, StoredWeight weight) {
    if (weight.isDense() || weight.dense().isPresent()) {
      return weight;
    }
    if (weight.onGrid().isEmpty()
        || weight.onGrid().get().grid().layout() == GridForm.Layout.REAL_ZEROS) {
      throw refused(
          prefix,
          "found a weight in the form "
              + weight.format()
              + ", which is no grid that pack-quantized has; expected one, or a dense weight");
    }
    QuantizedWeight quantized = weight.onGrid().get();
    GridForm grid = quantized.grid();
    if (!grid.ordered()) {
      throw refused(
          prefix,
          "found columns whose groups are out of order, as act-order leaves them; versions of"
              + " compressed-tensors before 0.19 read that as actorder group, those of today do"
              + " not. Expected groups in order, as static groups have them");
    }
    GridForm form = grid.in(GridForm.Layout.COMPRESSED_TENSORS);
    Optional<String> obstacle =
        LoadableShapes.obstacle(form, quantized.outFeatures(), quantized.inFeatures());
    if (obstacle.isPresent()) {
      throw refused(prefix, obstacle.get());
    }
    return quantized.as(form);
  }

  private BadCheckpointException refused(String prefix, String why) {
    return new BadCheckpointException(source.fileOf(prefix) + ": " + prefix + ": " + why);
  }

  private static String dtype(Checkpoint source) {
    String old = source.config().path("torch_dtype").asText("float16");
    return source.config().path("dtype").asText(old);
  }
}
