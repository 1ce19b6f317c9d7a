package dev.assay.engine.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.model.ModelModuleNames;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.LayerChanges;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a LoRA adapter into a model, layer by layer: W + c·B·A in the place of W, or beside it, and
 * the norms, biases and whole modules that were trained along.
 */
final class LoraMethod implements WholeModelMethod {
  private static final String WEIGHT = ".weight";

  private final LoraParameters parameters;

  LoraMethod(LoraParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public boolean adapts() {
    return true;
  }

  @Override
  public boolean losesRounding() {
    return parameters.merge();
  }

  @Override
  public Optional<String> ownOnly() {
    return parameters.merge()
        ? Optional.empty()
        : Optional.of(
            "adapters stand beside the weights, which other tools keep in files of their own");
  }

  @Override
  public boolean putsBeside() {
    return !parameters.merge();
  }

  @Override
  public void requireFits(ModelSpec spec) {
    new AdapterPlan(adapter(), spec);
  }

  private Adapter adapter() {
    return Adapter.open(Path.of(parameters.adapter()));
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    Adapter adapter = adapter();
    AdapterPlan plan = new AdapterPlan(adapter, model.original().spec());
    List<LinearOutcome> outcomes = new ArrayList<>();
    int position = 0;
    for (int stack = 0; stack < model.spec().stacks().size(); stack++) {
      for (int layer = 0; layer < model.stack(stack).depth(); layer++) {
        try (NDManager scope = context.torch().manager().newSubManager()) {
          AdaptedLayer adapted =
              new AdaptedLayer(
                  context.torch(),
                  scope,
                  model,
                  adapter,
                  plan,
                  parameters.merge(),
                  stack,
                  layer,
                  position);
          model.put(stack, layer, adapted.changes(), JsonNodeFactory.instance.objectNode());
          outcomes.addAll(adapted.outcomes());
        }
        context.progress().done(++position, model.spec().layers());
      }
    }
    beside(model, context, adapter, plan);
    return outcomes;
  }

  /** Norms behind the layers, and embedding and head where they were trained as a whole. */
  private static void beside(
      WorkingModel model, StageContext context, Adapter adapter, AdapterPlan plan) {
    try (NDManager scope = context.torch().manager().newSubManager()) {
      Map<String, NDArray> values = new HashMap<>();
      Map<String, StoredWeight> linears = new HashMap<>();
      for (String name : ModelModuleNames.of(model.spec())) {
        String tensor = plan.replacing(name);
        if (tensor == null) {
          continue;
        }
        adapter.requireShape(tensor, model.checkpoint().info(name).shape());
        NDArray value = adapter.file().tensor(context.torch(), scope, tensor);
        String prefix =
            name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
        if (isTable(model, prefix)) {
          linears.put(prefix, new DenseWeight(value, context.torch().tensors().typeOf(value)));
        } else {
          values.put(name, value);
        }
      }
      if (!values.isEmpty() || !linears.isEmpty()) {
        model.putBeside(new LayerChanges(values, linears));
      }
    }
  }

  private static boolean isTable(WorkingModel model, String prefix) {
    return prefix.equals(model.spec().names().head())
        || model.spec().stacks().stream()
            .map(Stack::names)
            .anyMatch(names -> names.embedding().equals(prefix));
  }
}
