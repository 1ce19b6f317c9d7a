package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;
import java.util.List;

/**
 * Some features as they come, the others treated.
 *
 * @param columns the features that are left alone, in order
 * @param others what is done to the others
 * @see <a href="https://arxiv.org/abs/2208.07339">Dettmers et al. 2022, LLM.int8()</a>
 */
public record SplitOutliersInput(List<Integer> columns, InputScheme others) implements InputScheme {
  public SplitOutliersInput {
    columns = List.copyOf(columns);
    if (others.turns()) {
      throw new IllegalArgumentException(
          "others: found "
              + others.words()
              + ", expected no rotation of features that others are"
              + " put back among");
    }
    for (int i = 0; i < columns.size(); i++) {
      int least = i == 0 ? 0 : columns.get(i - 1) + 1;
      if (columns.get(i) < least) {
        throw new IllegalArgumentException(
            "columns: found " + columns.get(i) + ", expected " + least + " or more");
      }
    }
  }

  @Override
  public String name() {
    return "split-outliers";
  }

  @Override
  public boolean rounds() {
    return others.rounds();
  }

  @Override
  public void requireFits(long width) {
    if (!columns.isEmpty() && columns.get(columns.size() - 1) >= width) {
      throw new IllegalArgumentException(
          "columns: found " + columns.get(columns.size() - 1) + ", expected 0 to " + (width - 1));
    }
    try {
      others.requireFits(width);
    } catch (IllegalArgumentException e) {
      throw SchemeKeys.within("others", e);
    }
  }

  @Override
  public String words() {
    return columns.size() + " features apart, others " + others.words();
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = InputScheme.super.json();
    ArrayNode indices = json.putArray("columns");
    columns.forEach(indices::add);
    json.set("others", others.json());
    return json;
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    try (NDManager scope = owner.newSubManager()) {
      long[] values = columns.stream().mapToLong(Integer::longValue).toArray();
      return InputModules.module("SplitInput")
          .with("columns", runtime.torch().tensors().copy(owner, scope.create(values)))
          .with("others", others.module(owner, runtime));
    }
  }
}
