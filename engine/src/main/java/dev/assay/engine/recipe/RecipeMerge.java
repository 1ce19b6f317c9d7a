package dev.assay.engine.recipe;

import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Problems;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.config.YamlNode.Entry;
import dev.assay.engine.config.YamlNode.Mapping;
import dev.assay.engine.config.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays an extending recipe over the one it extends. Mappings are merged key by key. A list of
 * stages replaces the parent's, and each of its stages takes the parameters that it leaves out from
 * the parent's stage of that name. Everything else replaces what the parent has.
 */
final class RecipeMerge {
  private static final KeyPath STAGES = KeyPath.ROOT.key("stages");

  private RecipeMerge() {}

  static Mapping overlay(Mapping parent, Mapping child) {
    Mapping merged = parent.overlaidBy(child);
    if (parent.find(STAGES).orElse(null) instanceof Sequence inherited
        && child.find(STAGES).orElse(null) instanceof Sequence own) {
      Map<String, Entry> entries = new LinkedHashMap<>(merged.entries());
      entries.put("stages", new Entry(own.position(), stages(inherited, own)));
      return new Mapping(merged.position(), entries);
    }
    return merged;
  }

  private static Sequence stages(Sequence parent, Sequence child) {
    List<StageNode> inherited = new ArrayList<>();
    Problems problems = new Problems();
    for (int i = 0; i < parent.items().size(); i++) {
      int at = i;
      problems.in(() -> inherited.add(StageNode.of(parent.items().get(at), STAGES.item(at))));
    }
    problems.requireNone();
    // An own one that is none is kept as it is, for the reader of stages to tell.
    List<YamlNode> merged =
        child.items().stream()
            .map(item -> StageNode.find(item).map(own -> merged(item, own, inherited)).orElse(item))
            .toList();
    return new Sequence(child.position(), merged);
  }

  private static YamlNode merged(YamlNode item, StageNode own, List<StageNode> inherited) {
    return inherited.stream()
        .filter(stage -> stage.name().equals(own.name()))
        .findFirst()
        .map(stage -> patched(item, stage, own))
        .orElse(item);
  }

  private static YamlNode patched(YamlNode item, StageNode parent, StageNode own) {
    if (parent.parameters() instanceof Mapping inherited
        && own.parameters() instanceof Mapping mine) {
      Entry entry = new Entry(item.position(), inherited.overlaidBy(mine));
      return new Mapping(item.position(), Map.of(own.name(), entry));
    }
    return item;
  }
}
