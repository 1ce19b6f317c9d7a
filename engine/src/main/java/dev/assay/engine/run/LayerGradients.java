package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.torch.LoadedModule;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LinearModules;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a loss behind a layer depends on the layer's input and on the weights of its linears. Holds
 * the layer until it is closed.
 */
public final class LayerGradients implements AutoCloseable {
  private final LoadedModule module;
  private final List<String> linears;

  private LayerGradients(LoadedModule module, List<String> linears) {
    this.module = module;
    this.linears = linears;
  }

  /**
   * Makes a layer ready.
   *
   * @param owner of what is made for it
   * @param values float32 values of the layer by name, see {@link
   *     dev.assay.engine.model.LayerWeights#values}, each of which a copy takes the place of; they
   *     have to outlive what is returned
   * @param linears whose gradients are wanted
   * @param tokens that sequences have at most
   */
  public static LayerGradients of(
      TorchSession torch,
      NDManager owner,
      LayerRunner runner,
      LayerSpec layer,
      Map<String, NDArray> values,
      Collection<String> linears,
      long tokens) {
    // What scripts make outside of training cannot be saved for a backward pass; copies can.
    values.replaceAll(
        (name, value) -> {
          NDArray copy = value.duplicate();
          copy.attach(owner);
          value.close();
          return copy;
        });
    List<String> wanted = List.copyOf(linears);
    List<NDArray> watched =
        wanted.stream().map(name -> Objects.requireNonNull(values.get(name), name)).toList();
    watched.forEach(weight -> weight.setRequiresGradient(true));
    Map<String, ModuleNode> apart = new LinkedHashMap<>();
    layer
        .layout()
        .parts()
        .map(Linear::name)
        .forEach(
            name ->
                apart.put(
                    name, LinearModules.dense(Objects.requireNonNull(values.get(name), name))));
    ModuleNode root =
        Scripts.module("gradient.LayerGradient")
            .with("layer", runner.differentiable(owner, layer, values, apart, tokens))
            .with("weights", new Attribute.NoTensors());
    root.tensors().replaceAll((name, tensor) -> own(owner, values, tensor));
    LoadedModule module = torch.module(root.object());
    module.load(root.tensors());
    if (!watched.isEmpty()) {
      module.script().run("watch", watched);
    }
    return new LayerGradients(module, wanted);
  }

  private static NDArray own(NDManager owner, Map<String, NDArray> values, NDArray tensor) {
    if (values.values().stream().anyMatch(value -> value == tensor)) {
      return tensor;
    }
    NDArray copy = tensor.duplicate();
    copy.attach(owner);
    return copy;
  }

  /**
   * Gradients of a loss.
   *
   * @param input in the layer's input, float32 [1, tokens, hidden]
   * @param weights in the weights of its linears, float32 [out, in] by name; 0 where no token
   *     reaches one, as an expert
   */
  public record Found(NDArray input, Map<String, NDArray> weights) {}

  /**
   * Passes gradients back through the layer.
   *
   * @param input what the layer takes in, float32 [1, tokens, hidden]
   * @param output the gradient in what it then gives
   */
  public Found find(NDManager owner, NDArray input, NDArray output) {
    List<NDArray> found =
        module.script().callWithAutograd(owner, "gradients", List.of(input, output));
    Map<String, NDArray> weights = new LinkedHashMap<>();
    for (int i = 0; i < linears.size(); i++) {
      weights.put(linears.get(i), found.get(i + 1));
    }
    return new Found(found.get(0), weights);
  }

  @Override
  public void close() {
    module.script().run("forget");
    module.close();
  }
}
