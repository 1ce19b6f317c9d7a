package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightRows;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A number for each group of each row, such as its scale: as it is, or quantized in its turn. */
public sealed interface GroupNumbers permits GroupNumbers.Plain, NestedNumbers {
  /** Rows. */
  long rows();

  /** Groups of a row. */
  long groups();

  /** The numbers, float32 [rows, groups]. */
  NDArray values(TorchSession torch, NDManager owner);

  /** Bytes of everything stored for them. */
  long storedBytes();

  /** Everything stored for them, by what follows their name. */
  Map<String, NDArray> tensors(TorchSession torch, NDManager owner);

  /** What the tensors do not say. */
  void describe(ObjectNode entry);

  /** Those of some rows. */
  GroupNumbers select(TorchSession torch, NDManager owner, long[] rows);

  /**
   * Those of several weights as one.
   *
   * @param places for each row of all parts its place in the whole
   */
  GroupNumbers join(
      TorchSession torch, NDManager owner, List<? extends GroupNumbers> parts, long[] places);

  /** The same in float16. */
  GroupNumbers narrowed(TorchSession torch, NDManager owner);

  /** An {@code outlier.Numbers} of them. */
  ModuleNode module(TorchSession torch, NDManager owner);

  /** Numbers of what {@link #tensors} and {@link #describe} gave. */
  static GroupNumbers of(
      TorchSession torch,
      NDManager owner,
      Map<String, NDArray> tensors,
      JsonNode entry,
      long rows,
      long groups) {
    if (entry.has(NestedNumbers.BITS)) {
      return NestedNumbers.of(torch, owner, tensors, entry, rows, groups);
    }
    return new Plain(Objects.requireNonNull(tensors.get(""), "numbers"));
  }

  /**
   * Numbers as they are.
   *
   * @param numbers float16 or float32 [rows, groups]
   */
  record Plain(NDArray numbers) implements GroupNumbers {
    public Plain {
      if (numbers.getShape().dimension() != 2) {
        throw new IllegalArgumentException(
            "numbers: found " + numbers.getShape() + ", expected [rows, groups]");
      }
    }

    @Override
    public long rows() {
      return numbers.getShape().get(0);
    }

    @Override
    public long groups() {
      return numbers.getShape().get(1);
    }

    @Override
    public NDArray values(TorchSession torch, NDManager owner) {
      return FormScripts.copy(torch, owner, numbers, DType.FLOAT32);
    }

    @Override
    public long storedBytes() {
      return FormScripts.bytes(numbers);
    }

    @Override
    public Map<String, NDArray> tensors(TorchSession torch, NDManager owner) {
      return new TreeMap<>(Map.of("", numbers));
    }

    @Override
    public void describe(ObjectNode entry) {}

    @Override
    public Plain select(TorchSession torch, NDManager owner, long[] rows) {
      return new Plain(WeightRows.select(torch, owner, numbers, rows));
    }

    @Override
    public Plain join(
        TorchSession torch, NDManager owner, List<? extends GroupNumbers> parts, long[] places) {
      List<NDArray> all = parts.stream().map(part -> ((Plain) part).numbers()).toList();
      return new Plain(WeightRows.join(torch, owner, all, places));
    }

    @Override
    public Plain narrowed(TorchSession torch, NDManager owner) {
      return new Plain(FormScripts.copy(torch, owner, numbers, DType.FLOAT16));
    }

    @Override
    public ModuleNode module(TorchSession torch, NDManager owner) {
      return FormScripts.module("PlainNumbers")
          .with("numbers", torch.tensors().copy(owner, numbers));
    }
  }
}
