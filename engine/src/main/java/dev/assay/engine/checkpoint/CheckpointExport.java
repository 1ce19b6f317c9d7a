package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.packed.PackedLinear;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
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
  private final Layout layout;

  private CheckpointExport(
      TorchSession torch, Checkpoint source, CheckpointWriter writer, Layout layout) {
    this.torch = torch;
    this.source = source;
    this.writer = writer;
    this.layout = layout;
  }

  /**
   * Writes a quantized checkpoint in another published layout: codes, zeros and scales stay what
   * they are, all other tensors are copied.
   *
   * @param source quantized on uniform grids
   * @param linears prefixes of what loaders take for linears; those that are dense are listed as
   *     left out of the quantization, which they need to know
   * @param layout GPTQ, AWQ or compressed-tensors
   * @param target a directory that does not exist; it appears whole or not at all
   * @param shardBytes most bytes of tensors in a file
   * @throws BadCheckpointException if a linear is in a form that the layout cannot hold without
   *     rounding it anew, or that no loader of the format takes, or if the source is damaged
   */
  public static void to(
      TorchSession torch,
      Checkpoint source,
      List<String> linears,
      Layout layout,
      Path target,
      long shardBytes) {
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, shardBytes)) {
      new CheckpointExport(torch, source, writer, layout).run(linears);
      writer.finish(source, dtype(source));
    }
  }

  private void run(List<String> linears) {
    Set<String> prefixes = new TreeSet<>(linears);
    prefixes.addAll(source.packedLinears().keySet());
    boolean asymmetric = requireGrids(prefixes);
    Set<String> written = new TreeSet<>();
    for (String prefix : prefixes) {
      Optional<PackedLinear> packed = PackedLinear.find(source, prefix);
      written.addAll(packed.map(PackedLinear::names).orElse(Set.of(prefix + ".weight")));
      try (NDManager scope = torch.manager().newSubManager()) {
        writer.putLinear(
            prefix, converted(scope, prefix, source.linear(torch, scope, prefix), asymmetric));
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

  /**
   * Makes sure that some linear is on a grid, before anything is written.
   *
   * @return whether one has zeros of its own: a checkpoint has one version of GPTQ's format, and
   *     the one for symmetric grids has no place for a zero of 0
   */
  private boolean requireGrids(Set<String> prefixes) {
    Optional<GridForm> first = Optional.empty();
    boolean asymmetric = false;
    for (String prefix : prefixes) {
      try (NDManager scope = torch.manager().newSubManager()) {
        StoredWeight weight = source.linear(torch, scope, prefix);
        if (!isPlain(weight) && !isExpanded(weight)) {
          GridForm grid = grid(prefix, weight).grid();
          first = first.isEmpty() ? Optional.of(grid) : first;
          asymmetric |= !grid.symmetric();
          if (layout == Layout.AWQ && grid.groupSize() != first.get().groupSize()) {
            throw refused(
                prefix,
                "found %s beside %s, expected one grid for all: AWQ's configuration knows no more"
                    .formatted(grid.label(), first.get().label()));
          }
        }
      }
    }
    if (first.isEmpty()) {
      throw new BadCheckpointException(
          "%s: found %s, expected linears on grids of 1 to 8 bits, all that %s holds"
              .formatted(
                  source.path(),
                  source.quantization().map(Object::toString).orElse("no quantization"),
                  layout));
    }
    return asymmetric;
  }

  private static boolean isPlain(StoredWeight weight) {
    return weight.onGrid().isEmpty() && (weight.isDense() || weight.isReadOnly());
  }

  /** A grid of GGUF's that the layout has no place for becomes dense, as other blocks of it do. */
  private boolean isExpanded(StoredWeight weight) {
    return weight
        .onGrid()
        .map(QuantizedWeight::grid)
        .filter(grid -> grid.layout() == Layout.GGUF && !layout.packs(grid.bits()))
        .isPresent();
  }

  private QuantizedWeight grid(String prefix, StoredWeight weight) {
    Optional<QuantizedWeight> quantized =
        weight.onGrid().filter(each -> each.grid().layout() != Layout.REAL_ZEROS);
    if (quantized.isEmpty()) {
      throw refused(
          prefix,
          ("found a weight in the form %s, which is no grid that %s has: it would have to be"
                  + " rounded anew, which a recipe does; expected one on a grid, or a dense weight")
              .formatted(weight.format(), layout));
    }
    return quantized.get();
  }

  private StoredWeight converted(
      NDManager scope, String prefix, StoredWeight weight, boolean asymmetric) {
    if (isPlain(weight)) {
      return weight;
    }
    if (isExpanded(weight)) {
      return new DenseWeight(weight.dequantize(torch, scope), DType.FLOAT32);
    }
    QuantizedWeight quantized = grid(prefix, weight);
    GridForm grid = quantized.grid();
    if (!layout.packs(grid.bits())) {
      throw refused(
          prefix,
          "found codes of %d bits, for which %s has no place without rounding anew"
              .formatted(grid.bits(), layout));
    }
    if (!grid.ordered() && layout != Layout.GPTQ) {
      throw refused(prefix, unordered());
    }
    boolean symmetric = grid.symmetric() && (layout == Layout.COMPRESSED_TENSORS || !asymmetric);
    GridForm form = new GridForm(grid.bits(), grid.groupSize(), symmetric, grid.ordered(), layout);
    Optional<String> obstacle =
        LoadableShapes.obstacle(form, quantized.outFeatures(), quantized.inFeatures());
    if (obstacle.isPresent()) {
      throw refused(prefix, obstacle.get());
    }
    return quantized.as(form);
  }

  private String unordered() {
    return layout == Layout.AWQ
        ? "found columns whose groups are out of order, as act-order leaves them, expected groups"
            + " in order, as static groups have them: AWQ knows no others"
        : "found columns whose groups are out of order, as act-order leaves them; versions of"
            + " compressed-tensors before 0.19 read that as actorder group, those of today do"
            + " not. Expected groups in order, as static groups have them";
  }

  private BadCheckpointException refused(String prefix, String why) {
    return new BadCheckpointException(source.fileOf(prefix) + ": " + prefix + ": " + why);
  }

  private static String dtype(Checkpoint source) {
    String old = source.config().path("torch_dtype").asText("float16");
    return source.config().path("dtype").asText(old);
  }
}
