package dev.assay.harness.suite;

import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.NodeReader;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.config.YamlNode.Mapping;
import java.util.Map;

/** Lays the measures of overrides over those of their suite. */
final class MeasuresOverlay implements NodeReader<MeasuresPatch> {
  private static final KeyPath MEASURES = KeyPath.ROOT.key("measures");

  private final Mapping base;

  /**
   * @param suite the suite as written
   */
  MeasuresOverlay(YamlNode suite) {
    this.base =
        suite.find(MEASURES).orElse(null) instanceof Mapping mapping
            ? mapping
            : new Mapping(suite.position(), Map.of());
  }

  /** Takes a patch if it gives measures that are as they should be when laid over the suite's. */
  @Override
  public MeasuresPatch read(YamlNode node, KeyPath path, YamlBinder binder) {
    if (!(node instanceof Mapping keys)) {
      throw path.error(node.position(), "found " + node.describe() + ", expected a mapping");
    }
    binder.bind(base.overlaidBy(keys), path, Measures.class);
    return new MeasuresPatch(keys);
  }

  /** The measures of a model: the suite's, with all overrides that match laid over in order. */
  Measures of(String model, Suite suite) {
    Mapping merged = base;
    for (ModelOverride override : suite.overrides()) {
      MeasuresPatch patch = override.measures();
      if (patch != null && Filter.glob(override.model(), model)) {
        merged = merged.overlaidBy(patch.keys());
      }
    }
    return new YamlBinder().bind(merged, MEASURES, Measures.class);
  }
}
