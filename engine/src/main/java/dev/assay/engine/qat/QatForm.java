package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.ModelTrainer.Learned;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Linears whose weights and inputs are rounded as they will be, among others. */
public final class QatForm implements LinearForm {
  private final LinearForm others;
  private final Beginning beginning;
  private final Supplier<ModuleNode> input;
  private final Map<String, WeightRounding.Begun> begun = new LinkedHashMap<>();

  /** Begins with a weight. */
  interface Beginning {
    /**
     * What rounds it; null for a weight that is not rounded.
     *
     * @param name full name
     * @param weight float32 [out, in]
     */
    WeightRounding.@Nullable Begun of(String name, NDArray weight);
  }

  /**
   * @param others how linears are made that are not rounded
   * @param input a {@code fake_quant.FakeQuantizer} of inputs
   */
  QatForm(LinearForm others, Beginning beginning, Supplier<ModuleNode> input) {
    this.others = others;
    this.beginning = beginning;
    this.input = input;
  }

  @Override
  public ModuleNode of(String name, NDArray weight) {
    WeightRounding.Begun known = begun.get(name);
    WeightRounding.Begun own = known == null ? beginning.of(name, weight) : known;
    if (own == null) {
      return others.of(name, weight);
    }
    begun.put(name, own);
    return FakeQuantizers.linear(weight, own.quantizer(), input.get());
  }

  @Override
  public boolean owns(NDArray tensor) {
    return others.owns(tensor)
        || begun.values().stream()
            .flatMap(each -> each.learned().values().stream())
            .anyMatch(each -> each == tensor);
  }

  /** What rounds weights, by their full names. */
  Map<String, WeightRounding.Begun> begun() {
    return begun;
  }

  /** Name of what is learned beside a weight. */
  static String beside(String weight, String what) {
    return weight.substring(0, weight.lastIndexOf('.') + 1) + what;
  }

  /**
   * Of what is learned the weights in place of what is beside them, which comes out of their
   * gradients.
   *
   * @param learned what is learned, of the loss too
   */
  List<Learned> multiplied(TrainableModel student, List<Learned> learned) {
    Map<String, Learned> multiplied = new LinkedHashMap<>();
    learned.forEach(each -> multiplied.put(each.name(), each));
    begun.forEach(
        (name, own) -> {
          NDArray weight = Objects.requireNonNull(student.values().get(name), name).tensor();
          for (String what : own.learned().keySet()) {
            multiplied.remove(beside(name, what));
            multiplied.putIfAbsent(name, new Learned(name, weight, false));
          }
        });
    return List.copyOf(multiplied.values());
  }

  /**
   * What is to be stored of a weight as it is now: codes, scales and zeros.
   *
   * @param weight float32 [out, in]
   */
  List<NDArray> stored(TorchSession torch, NDManager owner, String name, NDArray weight) {
    ModuleNode root =
        FakeQuantizers.storing(Objects.requireNonNull(begun.get(name), name).quantizer());
    try (NDManager scope = torch.manager().newSubManager();
        ScriptModule script = ScriptModule.load(scope, root.object())) {
      script.load(root.tensors());
      return script.callForList(owner, "stored", weight);
    }
  }
}
