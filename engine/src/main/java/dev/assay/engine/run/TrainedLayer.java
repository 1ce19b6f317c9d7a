package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.weight.LinearPreparer;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A layer whose values are tensors of their own, each linear by itself. */
final class TrainedLayer implements LayerModuleWeights {
  private final NDManager owner;
  private final LayerSpec layer;
  private final LinearPreparer preparer;
  private final NamedValues values;
  private final Map<String, ModuleNode> products;
  private final TrainableModel.LinearForm form;
  private final String prefix;
  private final @Nullable Attribute seen;

  /**
   * @param owner of what is made beside the values
   * @param values float32 by name
   * @param products linears that are two, one behind the other, by name
   * @param form of the others
   * @param prefix of the names of the layer's tensors
   * @param seen a {@code trained.Seen} that attention shows itself to; nothing where nobody looks
   */
  TrainedLayer(
      NDManager owner,
      LayerSpec layer,
      LinearPreparer preparer,
      Map<String, NDArray> values,
      Map<String, ModuleNode> products,
      TrainableModel.LinearForm form,
      String prefix,
      @Nullable Attribute seen) {
    this.owner = owner;
    this.layer = layer;
    this.preparer = preparer;
    this.values = new NamedValues(layer, values);
    this.products = products;
    this.form = form;
    this.prefix = prefix;
    this.seen = seen;
  }

  @Override
  public @Nullable NDArray module(LayerModule which) {
    return values.module(which);
  }

  @Override
  public @Nullable NDArray moduleBias(LayerModule which) {
    return values.moduleBias(which);
  }

  @Override
  public ModuleNode shortcut(LayerModule which) {
    return Scripts.module("trained.TurnedLinear")
        .with("weight", Objects.requireNonNull(module(which), which.name()));
  }

  @Override
  public ModuleNode linears(int index, LinearGroup group) {
    return values.side(owner, preparer, group, this::withoutBias);
  }

  private ModuleNode withoutBias(Linear linear) {
    ModuleNode product = products.get(linear.name());
    return product == null
        ? form.of(prefix + linear.name() + ".weight", values.required(linear.name()))
        : product;
  }

  @Override
  public ModuleNode scores(ModuleNode scores) {
    return seen == null
        ? scores
        : Scripts.module("trained.SeenScores")
            .with("base", scores)
            .with("seen", seen)
            .with("scale", layer.attention().scale())
            .with("cap", layer.attention().scoreCap())
            .with("causal", layer.attention().causal())
            .with("window", layer.attention().window());
  }
}
