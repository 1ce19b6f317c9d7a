package dev.assay.engine.recipe;

import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.NodeReader;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlNode;

/** Reads {@code - gptq: {bits: 4}}; a stage without parameters may also be its bare name. */
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
    return new Step(
        type.name(),
        binder.bind(written.parameters(), path.key(written.name()), type.parameters()));
  }
}
