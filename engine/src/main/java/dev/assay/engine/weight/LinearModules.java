package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import java.util.ArrayList;
import java.util.List;

/** Modules of the classes in {@code linear.py}. */
public final class LinearModules {
  private LinearModules() {}

  /** A module of a class, such as {@code Int4Linear}. */
  public static ModuleNode module(String name) {
    return module("linear", name);
  }

  /** A module of a class in another script beside this one. */
  static ModuleNode module(String script, String name) {
    return new ModuleNode(ScriptClass.of(LinearModules.class, script + "." + name));
  }

  /**
   * A linear of values.
   *
   * @param weight [out, in], of the arithmetic's type
   */
  public static ModuleNode dense(NDArray weight) {
    return module("DenseLinear").with("weight", weight);
  }

  /**
   * A linear behind what treats its input.
   *
   * @param input an {@code input.Input}
   */
  public static ModuleNode treated(ModuleNode input, ModuleNode base) {
    return module("TreatedLinear").with("input", input).with("base", base);
  }

  /**
   * A linear that takes columns of its input in another order.
   *
   * @param order int64 [in]
   */
  static ModuleNode reordered(NDArray order, ModuleNode base) {
    return module("ReorderedLinear").with("order", order).with("base", base);
  }

  /** Linears of one input, their outputs side by side; the linear itself where it is one. */
  static ModuleNode joined(List<RunnableLinear> parts) {
    return parts.size() == 1 ? parts.get(0).module() : sideBySide(parts);
  }

  /** Linears of one input, one of them too, as one module of this package. */
  static ModuleNode sideBySide(List<RunnableLinear> parts) {
    return module("JoinedLinear")
        .with("parts", parts.stream().map(RunnableLinear::module).toList());
  }

  /**
   * Linears behind one that puts out the inputs of all, one after the other.
   *
   * @param ranks how many inputs each has
   */
  static ModuleNode behind(ModuleNode down, List<ModuleNode> ups, List<Long> ranks) {
    List<ModuleNode> parts = new ArrayList<>();
    long first = 0;
    for (int i = 0; i < ups.size(); i++) {
      long columns = ranks.get(i);
      parts.add(
          module("NarrowedLinear")
              .with("first", first)
              .with("columns", columns)
              .with("base", ups.get(i)));
      first += columns;
    }
    return module("LowRankLinear")
        .with("down", down)
        .with("up", module("JoinedLinear").with("parts", parts));
  }

  /**
   * A linear with a bias added to its outputs.
   *
   * @param bias [out], of the arithmetic's type
   */
  public static ModuleNode biased(ModuleNode base, NDArray bias) {
    return module("BiasedLinear").with("bias", bias).with("base", base);
  }
}
