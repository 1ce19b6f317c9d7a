package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.linear.GridForm;
import dev.assay.engine.linear.QuantizedWeight;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Writes a checkpoint anew in another published format, its values unchanged to the last bit. */
public final class CheckpointExport {
  private static final List<String> PACKED = List.of(".qweight", ".weight_packed");

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
   * @param source quantized on uniform grids of 4 or 8 bits
   * @param linears prefixes of the model's linears; those that are dense are listed as left out of
   *     the quantization, which other loaders need to know
   * @param target a directory that does not exist; it appears whole or not at all
   * @param shardBytes most bytes of tensors in a file
   * @throws BadCheckpointException if the source is not so quantized, or damaged
   */
  public static void toCompressedTensors(
      TorchSession torch, Checkpoint source, List<String> linears, Path target, long shardBytes) {
    QuantizationConfig config =
        source
            .quantization()
            .filter(QuantizationConfig::packsGrids)
            .filter(found -> found.bits() == 4 || found.bits() == 8)
            .orElseThrow(
                () ->
                    new BadCheckpointException(
                        source.directory()
                            + ": found "
                            + source.quantization().map(Object::toString).orElse("no quantization")
                            + ", expected linears on grids of 4 or 8 bits, all that compressed-tensors"
                            + " packs"));
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, shardBytes)) {
      new CheckpointExport(torch, source, writer).run(linears, config);
      writer.finish(source, dtype(source));
    }
  }

  private void run(List<String> linears, QuantizationConfig config) {
    Set<String> prefixes = new TreeSet<>(linears);
    for (String name : source.names()) {
      PACKED.stream()
          .filter(name::endsWith)
          .forEach(end -> prefixes.add(name.substring(0, name.length() - end.length())));
    }
    Set<String> written = new TreeSet<>();
    for (String prefix : prefixes) {
      Optional<PackedLinear> packed = PackedLinear.find(source, prefix);
      written.addAll(packed.map(PackedLinear::names).orElse(Set.of(prefix + ".weight")));
      try (NDManager scope = torch.manager().newSubManager()) {
        writer.putLinear(prefix, converted(source.linear(torch, scope, prefix), config));
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

  /** After act-order every linear carries its index, since the configuration speaks for all. */
  private static StoredWeight converted(StoredWeight weight, QuantizationConfig config) {
    if (!(weight instanceof QuantizedWeight quantized)) {
      return weight;
    }
    GridForm grid = quantized.grid();
    return quantized.as(
        new GridForm(
            grid.bits(),
            grid.groupSize(),
            grid.symmetric(),
            !config.actOrder() && grid.ordered(),
            GridForm.Layout.COMPRESSED_TENSORS));
  }

  private static String dtype(Checkpoint source) {
    String old = source.config().path("torch_dtype").asText("float16");
    return source.config().path("dtype").asText(old);
  }
}
