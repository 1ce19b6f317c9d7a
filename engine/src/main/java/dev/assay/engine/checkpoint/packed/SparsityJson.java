package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.util.SortedSet;
import java.util.TreeSet;

/** Writes what compressed-tensors' configuration says of linears without their zeros. */
final class SparsityJson {
  private static final String HEAD = "lm_head";

  private SparsityJson() {}

  /**
   * The object {@code quantization_config} of a checkpoint that has nothing but such linears and
   * dense ones.
   */
  static ObjectNode of(WrittenQuantization written, BitmaskLayout layout) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", "compressed-tensors");
    ObjectNode sparsity = json.putObject("sparsity_config");
    sparsity.put("format", layout.label());
    sparsity.put("global_sparsity", written.zeros().share());
    SortedSet<String> ignored = new TreeSet<>(written.dense());
    ignored.add(HEAD);
    ignored.forEach(sparsity.putArray("ignore")::add);
    sparsity.put("registry_requires_subclass", false);
    sparsity.put("sparsity_structure", layout.structure());
    sparsity.putArray("targets").add("Linear");
    return json;
  }
}
