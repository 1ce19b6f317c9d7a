package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;
import java.util.Set;

/** A linear of a checkpoint whose weight is more than one tensor of values. */
public sealed interface PackedLinear
    permits GridLinear,
        CodebookLinear,
        ScaledLinear,
        MicroscaledLinear,
        IntegerLinear,
        TernaryLinear,
        ByteLinear,
        SparseLinear,
        OwnLinear {
  /**
   * Brings the weight into memory; its tensors belong to {@code owner}.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if tensors are missing or do
   *     not fit each other
   */
  StoredWeight load(TorchSession torch, NDManager owner);

  /** Name of its format, as {@link StoredWeight#format} has it. */
  String format();

  /** Number of weights that it stands for. */
  long parameters();

  /** The type that its values have where they are stored one by one. */
  DType valueType();

  /** Full names of the tensors that make it up. */
  Set<String> names();

  /** The packed linear under a prefix, judging by the names of the tensors there. */
  static Optional<PackedLinear> find(PackedSource checkpoint, String prefix) {
    Optional<JsonNode> own = checkpoint.ownFormat(prefix);
    if (own.isPresent()) {
      return Optional.of(new OwnLinear(checkpoint, prefix, own.get()));
    }
    PackedTensors tensors = new PackedTensors(checkpoint, prefix);
    if (MicroscaledLinear.isAt(checkpoint, prefix)) {
      return Optional.of(new MicroscaledLinear(tensors));
    }
    if (GridLinear.isAt(checkpoint, prefix)) {
      return Optional.of(GridLinear.of(checkpoint, prefix));
    }
    Optional<String> state = CodebookLinear.state(checkpoint, prefix);
    if (state.isPresent()) {
      return Optional.of(CodebookLinear.of(checkpoint, prefix, state.get()));
    }
    if (ByteLinear.isAt(checkpoint, prefix)) {
      return Optional.of(new ByteLinear(tensors));
    }
    if (IntegerLinear.isAt(checkpoint, prefix)) {
      return Optional.of(new IntegerLinear(tensors));
    }
    if (TernaryLinear.isAt(checkpoint, prefix)) {
      return Optional.of(new TernaryLinear(tensors));
    }
    if (ScaledLinear.isAt(checkpoint, prefix)) {
      return Optional.of(new ScaledLinear(tensors));
    }
    return BitmaskTensors.isAt(checkpoint, prefix)
        ? Optional.of(new SparseLinear(new BitmaskTensors(tensors)))
        : Optional.empty();
  }
}
