package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes the configuration of compressed-tensors. The most usual form is that of the class Linear,
 * linears that are otherwise have groups of their own, which name them.
 */
final class CompressedTensorsJson {
  private static final String HEAD = "lm_head";
  private static final String FORMAT = "format";
  private static final String CACHE = "kv_cache_scheme";

  private CompressedTensorsJson() {}

  /** What the linears of a group have in common. */
  private record Group(CompressedForm form, Optional<ActivationArguments> activations) {
    ObjectNode json(List<String> targets, boolean mixed) {
      ObjectNode group = JsonNodeFactory.instance.objectNode();
      // Beside rounded inputs compressed-tensors 0.20 takes integers without it for a byte a code.
      boolean taken =
          activations.isPresent() && form.format().equals(CompressedTensorsConfig.PACKED);
      if (mixed || taken) {
        group.put(FORMAT, form.format());
      }
      targets.forEach(group.putArray("targets")::add);
      group.set("weights", form.weights().deepCopy());
      if (activations.isPresent()) {
        group.set(ActivationArguments.KEY, activations.get().json());
      } else {
        group.putNull(ActivationArguments.KEY);
      }
      group.putNull("output_activations");
      return group;
    }
  }

  /** The object; what is most usual is found among the linears themselves. */
  static ObjectNode of(WrittenQuantization written) {
    Map<Group, List<String>> modules = new LinkedHashMap<>();
    forms(written)
        .forEach(
            (module, form) ->
                modules
                    .computeIfAbsent(
                        new Group(form, written.activations(module)), group -> new ArrayList<>())
                    .add(module));
    List<Group> order = new ArrayList<>(modules.keySet());
    order.sort(Comparator.comparing(group -> -modules.getOrDefault(group, List.of()).size()));
    boolean mixed = order.stream().map(each -> each.form().format()).distinct().count() > 1;
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", "compressed-tensors");
    json.put(FORMAT, mixed ? CompressedTensorsConfig.MIXED : order.get(0).form().format());
    json.put("quantization_status", "compressed");
    ObjectNode groups = json.putObject("config_groups");
    for (Group group : order) {
      boolean most = groups.isEmpty();
      List<String> targets = most ? List.of("Linear") : modules.getOrDefault(group, List.of());
      groups.set("group_" + groups.size(), group.json(targets, mixed));
    }
    // What these cannot say is another form's, whose inputs are as they come.
    SortedSet<String> ignored = new TreeSet<>(written.dense());
    ignored.addAll(written.codebooks().keySet());
    ignored.addAll(written.bytes());
    ignored.addAll(written.blockFloats().keySet());
    if (!written.packsHead()) {
      ignored.add(HEAD);
    }
    ignored.forEach(json.putArray("ignore")::add);
    Optional<ObjectNode> cache =
        written.caches().values().stream().findFirst().map(WrittenCache::json);
    if (cache.isPresent()) {
      json.set(CACHE, cache.get());
    } else {
      json.putNull(CACHE);
    }
    return json;
  }

  private static SortedMap<String, CompressedForm> forms(WrittenQuantization written) {
    SortedMap<String, CompressedForm> forms = new TreeMap<>(written.compressed());
    written.packed().forEach((module, config) -> forms.put(module, CompressedForm.of(config)));
    return forms;
  }
}
