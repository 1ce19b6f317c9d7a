package dev.assay.engine.family;

import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.StackShape;
import dev.assay.engine.model.TensorNames;
import java.util.List;
import java.util.Map;

/** Names and layers of LLaMA, which many families share. */
final class LlamaLayers {
  static final TensorNames NAMES =
      TensorNames.of("model.embed_tokens", "model.layers", "model.norm", "lm_head");

  static final Map<LayerModule, String> NORMS =
      Map.of(
          LayerModule.ATTENTION_NORM,
          "input_layernorm",
          LayerModule.FEED_FORWARD_NORM,
          "post_attention_layernorm");

  private LlamaLayers() {}

  /**
   * The layout.
   *
   * @param modules norms within a layer
   * @param inputBias whether queries, keys and values have biases
   * @param outputBias whether attention's output has one
   * @param feedForwardBias whether the feed-forward has biases
   */
  static LayerLayout layout(
      StackShape spec,
      Map<LayerModule, String> modules,
      boolean inputBias,
      boolean outputBias,
      boolean feedForwardBias) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    return LayerLayout.of(
        spec,
        modules,
        List.of(
            attentionInput(spec, inputBias),
            attentionOutput(spec, outputBias),
            LinearGroup.of(
                Linear.of("mlp.gate_proj", inner, hidden, feedForwardBias),
                Linear.of("mlp.up_proj", inner, hidden, feedForwardBias)),
            LinearGroup.of(Linear.of("mlp.down_proj", hidden, inner, feedForwardBias))));
  }

  /**
   * Whether attention's output has a bias: as its input has, unless the configuration of a GGUF
   * file, whose tensors say it, sets them apart.
   */
  static boolean outputBias(Configuration config) {
    return config.flag("attention_output_bias", config.flag("attention_bias", false));
  }

  static LinearGroup attentionInput(StackShape spec, boolean biased) {
    long hidden = spec.hiddenSize();
    return LinearGroup.queriesKeysValues(
        Linear.of("self_attn.q_proj", spec.queryWidth(), hidden, biased),
        Linear.of("self_attn.k_proj", spec.keyValueWidth(), hidden, biased),
        Linear.of("self_attn.v_proj", spec.keyValueWidth(), hidden, biased));
  }

  static LinearGroup attentionOutput(StackShape spec, boolean biased) {
    return LinearGroup.of(
        Linear.of("self_attn.o_proj", spec.hiddenSize(), spec.queryWidth(), biased));
  }
}
