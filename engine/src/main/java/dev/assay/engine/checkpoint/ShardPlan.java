package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which tensors go into which file of a checkpoint. */
final class ShardPlan {
  private ShardPlan() {}

  /**
   * File names and their tensors. Shards are filled in the given order up to {@code maxBytes} of
   * tensor data; a larger tensor has a shard of its own.
   */
  static Map<String, List<TensorInfo>> of(Collection<TensorInfo> sorted, long maxBytes) {
    List<List<TensorInfo>> shards = new ArrayList<>();
    shards.add(new ArrayList<>());
    long filled = 0;
    for (TensorInfo tensor : sorted) {
      if (filled > 0 && tensor.bytes() > maxBytes - filled) {
        shards.add(new ArrayList<>());
        filled = 0;
      }
      shards.get(shards.size() - 1).add(tensor);
      filled += tensor.bytes();
    }
    if (shards.size() == 1) {
      return Map.of(WeightFiles.SAFETENSORS.single(), shards.get(0));
    }
    Map<String, List<TensorInfo>> files = new LinkedHashMap<>();
    for (int i = 0; i < shards.size(); i++) {
      files.put(
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size()),
          shards.get(i));
    }
    return files;
  }
}
