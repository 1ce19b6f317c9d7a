package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Puts up with what published checkpoints carry beside their parameters: causal masks and rotary
 * frequencies that older code saved along, which are left out, and the first names of the weights
 * of norms.
 */
final class PublishedNames {
  private static final Pattern BUFFER =
      Pattern.compile(
          "(^|.*\\.)((attn|attention|self_attn|self_attention)\\.(bias|masked_bias)"
              + "|rotary_emb\\.(inv_freq|cos_cached|sin_cached)|embeddings\\.position_ids"
              + "|EncDecAttention\\.relative_attention_bias\\.weight)");

  private PublishedNames() {}

  /** The parameters by the names that are usual today. */
  static SortedMap<String, TensorInfo> of(SortedMap<String, TensorInfo> tensors) {
    SortedMap<String, TensorInfo> parameters = new TreeMap<>();
    for (Map.Entry<String, TensorInfo> entry : tensors.entrySet()) {
      parameters.put(today(entry.getKey()), entry.getValue());
    }
    return parameters;
  }

  /** Whether a tensor is a buffer that was saved along. */
  static boolean isBuffer(String name) {
    return BUFFER.matcher(name).matches();
  }

  private static String today(String name) {
    if (name.endsWith("LayerNorm.gamma")) {
      return name.substring(0, name.length() - "gamma".length()) + "weight";
    }
    if (name.endsWith("LayerNorm.beta")) {
      return name.substring(0, name.length() - "beta".length()) + "bias";
    }
    return name;
  }
}
