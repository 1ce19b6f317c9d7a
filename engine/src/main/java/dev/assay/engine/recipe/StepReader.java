package dev.assay.engine.recipe;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.NodeReader;
import dev.assay.engine.config.Problems;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code - gptq: {bits: 4, ignore: [mlp.down_proj]}}; a stage without parameters may also be
 * its bare name.
 */
final class StepReader implements NodeReader<Step> {
  private final StageRegistry registry;

  StepReader(StageRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Step read(YamlNode node, KeyPath path, YamlBinder binder) {
    StageNode written = StageNode.of(node, path);
    StageType<?> type =
        registry
            .find(written.name())
            .orElseThrow(
                () ->
                    path.error(
                        node.position(),
                        "unknown stage '"
                            + written.name()
                            + "', "
                            + registry.names().expectedInsteadOf(written.name())));
    KeyPath at = path.key(written.name());
    Problems problems = new Problems();
    List<Stage> parameters = new ArrayList<>();
    List<Selection> selections = new ArrayList<>();
    problems.in(
        () ->
            parameters.add(binder.bind(part(written.parameters(), false), at, type.parameters())));
    problems.in(
        () -> selections.add(binder.bind(part(written.parameters(), true), at, Selection.class)));
    problems.requireNone();
    Step step = new Step(type.name(), parameters.get(0), selections.get(0));
    Optional<String> fault = PipelineCheck.wholeFault(step, registry.method(step));
    if (fault.isPresent()) {
      throw path.error(node.position(), fault.get());
    }
    return step;
  }

  /** What is written of the selection, or of the stage's own parameters. */
  private static YamlNode part(YamlNode parameters, boolean selection) {
    if (!(parameters instanceof YamlNode.Mapping mapping)) {
      return selection ? new YamlNode.Mapping(parameters.position(), Map.of()) : parameters;
    }
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(mapping.entries());
    entries.keySet().removeIf(key -> Selection.KEYS.contains(key) != selection);
    return new YamlNode.Mapping(mapping.position(), entries);
  }
}
