package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.packed.BitsAndBytesTensors;
import dev.assay.engine.checkpoint.packed.ByteTensors;
import dev.assay.engine.checkpoint.packed.CompressedForm;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.checkpoint.packed.WrittenQuantization;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.LoadableShapes;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightFormat;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import dev.assay.engine.weight.sparse.SparseWeight;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns weights of linears into the tensors of the layout that has their form, and notes what the
 * configuration is to say of them.
 */
final class LinearWriter {
  private final TorchSession torch;
  private final Sink tensors;
  private final WrittenQuantization quantization;
  private final WeightFormats formats = WeightFormats.load();
  private final SortedMap<String, ObjectNode> ownFormats = new TreeMap<>();

  /** Where tensors go. */
  interface Sink {
    void put(String name, NDArray tensor);
  }

  /**
   * @param quantization hears of every linear
   */
  LinearWriter(TorchSession torch, Sink tensors, WrittenQuantization quantization) {
    this.torch = torch;
    this.tensors = tensors;
    this.quantization = quantization;
  }

  /** What Assay's own section says of linears that no published configuration can, by prefix. */
  SortedMap<String, ObjectNode> ownFormats() {
    return Collections.unmodifiableSortedMap(ownFormats);
  }

  /**
   * Writes a linear's weight in its stored form. Features need not fill whole words; other loaders
   * mostly want them to, so multiples of 32.
   *
   * @throws IllegalArgumentException if it is quantized otherwise than those before it, which the
   *     published formats cannot say, or in a form that no format writes
   */
  void put(String prefix, StoredWeight weight) {
    if (weight instanceof SparseWeight sparse && quantization.sparsity().isPresent()) {
      sparse(prefix, quantization.sparsity().get(), sparse);
      return;
    }
    Optional<DenseWeight> dense = weight.dense();
    Optional<QuantizedWeight> quantized = weight.onGrid();
    Optional<CompressedForm> compressed =
        CompressedForm.of(weight, quantization.roundsInput(prefix));
    if (dense.isPresent()) {
      dense(prefix, dense.get().values());
    } else if (quantized.filter(LinearWriter::isBytes).isPresent()) {
      bytes(prefix, quantized.get());
    } else if (compressed.isPresent()) {
      compressed(prefix, compressed.get(), weight);
    } else if (quantized.isPresent()
        && quantized.get().grid().layout() != GridForm.Layout.REAL_ZEROS) {
      grid(prefix, quantized.get());
    } else if (weight.codebook().isPresent()) {
      codebook(prefix, weight.codebook().get());
    } else if (weight.scaled().filter(LinearWriter::isBlockFloats).isPresent()) {
      blockFloats(prefix, weight.scaled().get());
    } else {
      own(prefix, weight);
    }
  }

  /** Without its zeros, as compressed-tensors has it. */
  private void sparse(String prefix, BitmaskLayout layout, SparseWeight weight) {
    quantization.sparse(prefix);
    long weights = weight.outFeatures() * weight.inFeatures();
    try (NDManager scope = torch.manager().newSubManager()) {
      quantization.count(weights - weight.products(torch, scope), weights);
      layout
          .pack(torch, scope, weight.whole(torch, scope))
          .forEach((suffix, tensor) -> tensors.put(prefix + "." + suffix, tensor));
    }
  }

  private static boolean isBytes(QuantizedWeight weight) {
    return weight.grid().layout() == GridForm.Layout.INT8;
  }

  /** Signed bytes, in bitsandbytes' layout. */
  private void bytes(String prefix, QuantizedWeight weight) {
    quantization.bytes(prefix);
    try (NDManager scope = torch.manager().newSubManager()) {
      ByteTensors.pack(torch, scope, weight)
          .forEach((suffix, tensor) -> tensors.put(prefix + "." + suffix, tensor));
    }
  }

  /** On a grid, in one of the published layouts. */
  private void grid(String prefix, QuantizedWeight weight) {
    QuantizationConfig config = quantization.config(torch, weight);
    quantization.packed(prefix, config);
    LoadableShapes.obstacle(weight.grid(), weight.outFeatures(), weight.inFeatures())
        .ifPresent(why -> quantization.obstacle(prefix, why));
    if (LoadableShapes.cutsGroup(weight.grid(), weight.inFeatures())) {
      quantization.shortGroup(prefix);
    }
    if (!fitFloat16(weight.scales())) {
      quantization.wideScales(prefix);
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      config
          .pack(torch, scope, weight)
          .forEach((suffix, tensor) -> tensors.put(prefix + "." + suffix, tensor));
    }
    if (config.format() == QuantizationConfig.Format.COMPRESSED_TENSORS) {
      inputGrid(prefix);
    }
  }

  /** Numbers of a linear's input that compressed-tensors has beside the weight. */
  private void inputGrid(String prefix) {
    try (NDManager scope = torch.manager().newSubManager()) {
      quantization
          .inputTensors(scope, prefix)
          .forEach((suffix, tensor) -> tensors.put(prefix + "." + suffix, tensor));
    }
  }

  /** Codes into a table, in bitsandbytes' layout. */
  private void codebook(String prefix, CodebookWeight weight) {
    quantization.codebook(prefix, weight);
    try (NDManager scope = torch.manager().newSubManager()) {
      BitsAndBytesTensors.pack(scope, weight)
          .forEach((suffix, tensor) -> tensors.put(prefix + "." + suffix, tensor));
    }
  }

  /** Small floats, or signed bytes, as compressed-tensors has them. */
  private void compressed(String prefix, CompressedForm form, StoredWeight weight) {
    quantization.compressed(prefix, form);
    try (NDManager scope = torch.manager().newSubManager()) {
      CompressedForm.pack(torch, scope, weight)
          .forEach((suffix, tensor) -> tensors.put(prefix + "." + suffix, tensor));
    }
    inputGrid(prefix);
  }

  private static boolean isBlockFloats(ScaledWeight weight) {
    return weight.type() == DType.FLOAT8_E4M3
        && weight.blocks().layout() == ScaleBlocks.Layout.SCALE_INV;
  }

  /** Floats of 8 bits under scales of blocks, as DeepSeek and transformers have them. */
  private void blockFloats(String prefix, ScaledWeight weight) {
    quantization.blockFloats(prefix, weight);
    tensors.put(prefix + ".weight", weight.values());
    try (NDManager scope = torch.manager().newSubManager()) {
      tensors.put(prefix + ".weight_scale_inv", weight.storedScales(torch, scope));
    }
  }

  /** In a form that no published configuration can say, which Assay's own section does. */
  private void own(String prefix, StoredWeight weight) {
    WeightFormat<?> format =
        formats
            .find(weight)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        prefix
                            + ": found a weight in the form "
                            + weight.format()
                            + ", which is read and not written; expected a dense one, one on a"
                            + " uniform grid, or one of a WeightFormat"));
    try (NDManager scope = torch.manager().newSubManager()) {
      format
          .packed(torch, scope, weight)
          .forEach((suffix, tensor) -> tensors.put(prefix + "." + suffix, tensor));
    }
    ObjectNode entry = format.entryOf(weight).put("format", format.name());
    entry.putArray("shape").add(weight.outFeatures()).add(weight.inFeatures());
    ownFormats.put(prefix, entry);
    quantization.obstacle(prefix, "in a form of Assay's own, " + format.name());
  }

  private boolean fitFloat16(NDArray scales) {
    if (scales.getDataType() == DataType.FLOAT16) {
      return true;
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray narrow = torch.tensors().cast(scope, scales, DType.FLOAT16);
      return torch.tensors().cast(scope, narrow, DType.FLOAT32).contentEquals(scales);
    }
  }

  /** Writes the weight of a module that loaders take for a linear, dense, whatever it is. */
  void dense(String prefix, NDArray values) {
    quantization.dense(prefix);
    tensors.put(prefix + ".weight", values);
  }
}
