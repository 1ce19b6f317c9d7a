package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptObject;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.LinearModules;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A layer whose float32 weights are given by name, each group of linears observed. */
final class GivenLayer implements LayerModuleWeights {
  private final NDManager scope;
  private final LayerSpec layer;
  private final LinearPreparer preparer;
  private final NamedValues weights;
  private final Map<String, ModuleNode> replaced;
  private final boolean beforeRounding;
  private final Attribute recorder =
      new Attribute.Shared(
          new ScriptObject(
              ScriptClass.of(GivenLayer.class, "calibration.Recorder"),
              Map.of("on", new Attribute.Flag(false), "inputs", new Attribute.NoTensors())));

  /**
   * @param weights float32 values by name, those of replaced linears not needed
   * @param replaced modules that stand in the place of linears, without their biases, by name
   * @param beforeRounding whether inputs are observed before they are rounded
   */
  GivenLayer(
      NDManager scope,
      LayerSpec layer,
      LinearPreparer preparer,
      Map<String, NDArray> weights,
      Map<String, ModuleNode> replaced,
      boolean beforeRounding) {
    this.scope = scope;
    this.layer = layer;
    this.preparer = preparer;
    this.weights = new NamedValues(layer, weights);
    this.replaced = Map.copyOf(replaced);
    this.beforeRounding = beforeRounding;
  }

  /** The one that all observers of the layer write to. */
  Attribute recorder() {
    return recorder;
  }

  @Override
  public @Nullable NDArray module(LayerModule which) {
    return weights.module(which);
  }

  @Override
  public @Nullable NDArray moduleBias(LayerModule which) {
    return weights.moduleBias(which);
  }

  @Override
  public ModuleNode shortcut(LayerModule which) {
    NDArray turned = Objects.requireNonNull(module(which), which.name()).transpose();
    turned.attach(scope);
    return LinearModules.dense(turned);
  }

  @Override
  public ModuleNode linears(int index, LinearGroup group) {
    if (group.linears().stream().anyMatch(replaced::containsKey)) {
      return observed(index, weights.side(scope, preparer, group, this::withoutBias));
    }
    List<StoredWeight> parts = new ArrayList<>();
    List<@Nullable NDArray> biases = new ArrayList<>();
    List<InputScheme> inputs = new ArrayList<>();
    for (Linear linear : group.parts()) {
      parts.add(new DenseWeight(weights.required(linear.name()), DType.FLOAT32));
      biases.add(linear.biased() ? weights.required(linear.biasName()) : null);
      inputs.add(layer.linear(linear.name()).input());
    }
    InputScheme input = inputs.get(0);
    if (inputs.stream().allMatch(input::equals)) {
      ModuleNode linear = preparer.prepare(scope, parts, biases).module();
      if (beforeRounding) {
        ModuleNode rounding = preparer.behind(scope, input.afterExact(), linear);
        return preparer.behind(scope, input.exact(), observed(index, rounding));
      }
      // What is observed is what multiplies: the treated input.
      return preparer.behind(scope, input, observed(index, linear));
    }
    return observed(index, preparer.prepare(scope, parts, biases, inputs).module());
  }

  @Override
  public ModuleNode routed(ModuleNode feed) {
    return Scripts.module("calibration.ObservedFeed")
        .with("group", layer.layout().groups().size())
        .with("recorder", recorder)
        .with("base", feed);
  }

  private ModuleNode withoutBias(Linear linear) {
    ModuleNode given = replaced.get(linear.name());
    return given == null ? LinearModules.dense(weights.required(linear.name())) : given;
  }

  private ModuleNode observed(int index, ModuleNode base) {
    return Scripts.module("calibration.ObservedLinear")
        .with("group", index)
        .with("recorder", recorder)
        .with("base", base);
  }
}
