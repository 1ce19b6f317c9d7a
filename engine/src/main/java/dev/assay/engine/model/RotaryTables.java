package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;

/**
 * Cosines and sines of all positions, [positions, dimensions / 2]; empty where nothing turns.
 *
 * @param brief for sequences up to {@code switchesAfter} tokens
 * @param longer for those beyond; the same where nothing switches
 * @param switchesAfter length up to which the first holds
 */
record RotaryTables(Tables brief, Tables longer, int switchesAfter) {
  /** Cosines and sines, of the arithmetic's type. */
  record Tables(NDArray cosines, NDArray sines) {}

  static RotaryTables of(TorchSession torch, NDManager owner, DecoderSpec spec, DType dtype) {
    if (!(spec.positions() instanceof Positions.Rotary rotary)) {
      NDArray none = owner.create(new float[0]);
      Tables empty = new Tables(none, none);
      return new RotaryTables(empty, empty, 0);
    }
    Rope rope = rotary.rope();
    int context = spec.contextLength();
    int switching = rope.scaling().switchesAfter();
    Tables longer = tables(torch, owner, rope, context, context, dtype);
    Tables brief =
        switching > 0 && switching < context
            ? tables(torch, owner, rope, switching, switching, dtype)
            : longer;
    return new RotaryTables(brief, longer, switching);
  }

  /** The tables for sequences of a length, their past included. */
  Tables of(long length) {
    return length > switchesAfter ? longer : brief;
  }

  private static Tables tables(
      TorchSession torch, NDManager owner, Rope rope, int positions, int length, DType dtype) {
    return new Tables(
        table(torch, owner, rope.cosines(positions, length), positions, dtype),
        table(torch, owner, rope.sines(positions, length), positions, dtype));
  }

  private static NDArray table(
      TorchSession torch, NDManager owner, float[] values, int positions, DType dtype) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray exact = Tensors.of(scope, values, positions, values.length / positions);
      return torch.tensors().copy(owner, torch.tensors().cast(scope, exact, dtype));
    }
  }
}
