package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptObject.Attribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the modules of one layer. A layout's groups are, in order: queries, keys and values;
 * attention's output; where the layer reads an encoder its queries, keys and values, and output;
 * then two for each feed-forward or expert.
 */
final class LayerTree {
  private final StackSpec spec;
  private final LayerSpec layer;
  private final LayerModuleWeights weights;
  private final NormModules norms;
  private final NormModules headNorms;
  private final CacheModules caches;
  private final boolean shares;
  private final StepModules steps;
  private final Attribute[] groups;

  /**
   * @param norms of the stack as a whole
   * @param shares whether the parts are also to stand outside the layer
   * @param steps how what stands between linears runs
   */
  LayerTree(
      StackSpec spec,
      LayerSpec layer,
      LayerModuleWeights weights,
      NormModules norms,
      CacheModules caches,
      boolean shares,
      StepModules steps) {
    this.spec = spec;
    this.layer = layer;
    this.weights = weights;
    this.norms = norms.of(spec.streamNorm());
    this.headNorms = norms;
    this.caches = caches;
    this.shares = shares;
    this.steps = steps;
    this.groups = new Attribute[layer.layout().groups().size()];
  }

  /**
   * The layer.
   *
   * @param layer a {@code layer.Layer}
   * @param attention its attention, as it stands in it
   * @param feed its feed-forward, as it stands in it
   * @param groups its groups of linears, as they stand in it
   */
  record Built(ModuleNode layer, Attribute attention, Attribute feed, List<Attribute> groups) {
    Built {
      groups = List.copyOf(groups);
    }
  }

  Built build() {
    ModuleNode attention = attention();
    ModuleNode feed = feed();
    Attribute self = place(attention);
    Attribute mlp = place(feed);
    ModuleNode module =
        switch (spec.residual()) {
          case PRE ->
              shortcuts(sliced() ? "layer.ShortcutLayer" : "layer.PreNormLayer")
                  .with("input_layernorm", norm(LayerModule.ATTENTION_NORM))
                  .with("post_attention_layernorm", norm(LayerModule.FEED_FORWARD_NORM));
          case POST ->
              Scripts.module("layer.PostNormLayer")
                  .with("post_attention_layernorm", norm(LayerModule.ATTENTION_NORM))
                  .with("post_feedforward_layernorm", norm(LayerModule.FEED_FORWARD_NORM));
          case SANDWICH ->
              Scripts.module("layer.SandwichLayer")
                  .with("input_layernorm", norm(LayerModule.ATTENTION_NORM))
                  .with("post_attention_layernorm", norm(LayerModule.POST_ATTENTION_NORM))
                  .with("pre_feedforward_layernorm", norm(LayerModule.FEED_FORWARD_NORM))
                  .with("post_feedforward_layernorm", norm(LayerModule.POST_FEED_FORWARD_NORM));
          case PARALLEL ->
              shortcuts(sliced() ? "layer.ParallelShortcutLayer" : "layer.ParallelLayer")
                  .with("input_layernorm", norm(LayerModule.ATTENTION_NORM));
          case PARALLEL_NORMS ->
              shortcuts(sliced() ? "layer.ParallelNormsShortcutLayer" : "layer.ParallelNormsLayer")
                  .with("input_layernorm", norm(LayerModule.ATTENTION_NORM))
                  .with("post_attention_layernorm", norm(LayerModule.FEED_FORWARD_NORM));
          case CROSS ->
              Scripts.module("layer.CrossAttentionLayer")
                  .with("input_layernorm", norm(LayerModule.ATTENTION_NORM))
                  .with("cross_attn_layernorm", norm(LayerModule.CROSS_NORM))
                  .with("cross_attn", crossAttention())
                  .with("post_attention_layernorm", norm(LayerModule.FEED_FORWARD_NORM));
        };
    module.with("self_attn", self, attention).with("mlp", mlp, feed);
    return new Built(shares ? module : TokenLayer.of(module), self, mlp, Arrays.asList(groups));
  }

  private boolean sliced() {
    return layer.layout().modules().keySet().stream().anyMatch(LayerModule::shortcut);
  }

  /** A layer of a class with the shortcuts that it has. */
  private ModuleNode shortcuts(String type) {
    ModuleNode module = Scripts.module(type);
    for (LayerModule which : layer.layout().modules().keySet()) {
      if (which.shortcut()) {
        String name = which == LayerModule.ATTENTION_SHORTCUT ? "attn_shortcut" : "mlp_shortcut";
        module.with(name, weights.shortcut(which));
      }
    }
    return module;
  }

  private ModuleNode attention() {
    AttentionSpec attention = layer.attention();
    ModuleNode module =
        Scripts.module("attention.Attention")
            .with("rotation", rotation())
            .with("scores", weights.scores(scores()))
            .with("caches", caches.of(layer.cache()))
            .with("unturned_keys", layer.cache().keepsKeysUnturned())
            .with("num_heads", attention.heads())
            .with("num_key_value_heads", attention.keyValueHeads())
            .with("head_dim", attention.headDimension());
    return group(group(module, "qkv_proj", 0), "o_proj", 1);
  }

  private ModuleNode rotation() {
    ModuleNode rotation = PositionModules.rotation(spec, steps);
    return layer.attention().queryKeyNorm()
        ? Scripts.module("position.NormedRotation")
            .with("heads", layer.attention().heads())
            .with("q_norm", norm(headNorms, LayerModule.QUERY_NORM))
            .with("k_norm", norm(headNorms, LayerModule.KEY_NORM))
            .with("rotation", rotation)
        : rotation;
  }

  private ModuleNode scores() {
    AttentionSpec attention = layer.attention();
    int window = attention.window();
    boolean masked =
        !attention.causal()
            || spec.positions() instanceof Positions.Relative
            || spec.positions() instanceof Positions.Linear;
    if (attention.scoreCap() > 0) {
      return steps.scores(
          Scripts.module("attention.CappedScores")
              .with("scale", attention.scale())
              .with("cap", attention.scoreCap())
              .with("window", window),
          attention);
    }
    return masked
        ? maskedScores()
        : steps.scores(
            Scripts.module("attention.CausalScores")
                .with("scale", attention.scale())
                .with("window", window)
                .with("paired_elements", steps.pairedElements()),
            attention);
  }

  private ModuleNode maskedScores() {
    return Scripts.module("attention.MaskedScores").with("scale", layer.attention().scale());
  }

  private ModuleNode crossAttention() {
    ModuleNode module =
        Scripts.module("attention.CrossAttention")
            .with("scores", maskedScores())
            .with("num_heads", layer.attention().heads())
            .with("head_dim", layer.attention().headDimension());
    return group(group(group(module, "q_proj", 2), "kv_proj", 3), "o_proj", 4);
  }

  private ModuleNode feed() {
    FeedForwardSpec feed = layer.feedForward();
    int first = layer.firstFeedForward();
    if (feed.experts() == 1) {
      return expert(first, weights.module(LayerModule.ACTIVATION));
    }
    List<ModuleNode> experts = new ArrayList<>();
    for (int expert = 0; expert < feed.experts(); expert++) {
      experts.add(expert(first + 2 * expert, null));
    }
    FeedForwardSpec.Skipping skipping = feed.skipping();
    return weights.routed(
        Scripts.module("feed.ExpertsFeed")
            .with("gate", Objects.requireNonNull(weights.module(LayerModule.ROUTER), "router"))
            .with("experts", experts)
            .with("num_experts_per_tok", feed.expertsPerToken())
            .with("width", layer.layout().groups().get(first + 1).parts().get(0).outFeatures())
            .with("skip_below", skipping == null ? 0 : skipping.below()));
  }

  private ModuleNode expert(int group, @Nullable NDArray scales) {
    FeedForwardSpec feed = layer.feedForward();
    boolean gated = feed.gated();
    Optional<ModuleNode> fused =
        gated && scales == null ? steps.gate(feed.activation()) : Optional.empty();
    ModuleNode module =
        fused.orElseGet(
            () ->
                Scripts.module(gated ? "feed.GatedFeed" : "feed.PlainFeed")
                    .with("activation", FeedModules.activation(feed.activation(), scales)));
    return group(group(module, gated ? "gate_up_proj" : "up_proj", group), "down_proj", group + 1);
  }

  private ModuleNode group(ModuleNode owner, String name, int group) {
    ModuleNode linears = weights.linears(group, layer.layout().groups().get(group));
    groups[group] = place(linears);
    return owner.with(name, groups[group], linears);
  }

  private ModuleNode norm(LayerModule which) {
    return norm(norms, which);
  }

  private ModuleNode norm(NormModules kind, LayerModule which) {
    return kind.of(weights.module(which), weights.moduleBias(which));
  }

  private Attribute place(ModuleNode module) {
    return shares ? new Attribute.Shared(module.object()) : new Attribute.Child(module.object());
  }
}
