package dev.assay.harness.cli;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.config.YamlKey;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import dev.assay.harness.cli.table.Table;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Stages with their parameters and defaults, and then the keys of those parameters that are
 * mappings, once for all stages that have them.
 */
final class StageTable {
  private final Table.Builder table = Table.of("stage", "parameter", "type", "default", "meaning");

  private final Set<String> seen = new LinkedHashSet<>();
  private final StageRegistry stages;

  StageTable(StageRegistry stages) {
    this.stages = stages;
  }

  Table build() {
    for (StageType<?> type : stages.all()) {
      table.row(type.name(), "", "", "", type.summary());
      YamlKey.of(type.parameters()).forEach(key -> row(type.name(), key));
    }
    YamlKey.of(Selection.class).forEach(key -> row("every stage", key));
    stages.all().forEach(type -> below(type.parameters()));
    return table.build();
  }

  private void row(String where, YamlKey key) {
    table.row(
        where,
        key.name(),
        key.typeName(),
        key.defaultYaml().orElse(key.optional() ? "none" : "required"),
        key.description());
  }

  /** The keys of what is a mapping in a record. */
  private void below(Class<?> record) {
    for (YamlKey key : YamlKey.of(record)) {
      mapping(key.type())
          .forEach(
              inner -> {
                if (seen.add(key.name() + " " + inner.getName())) {
                  YamlKey.of(inner).forEach(each -> row("in " + key.name(), each));
                  below(inner);
                }
              });
    }
  }

  /** The record whose keys a value, or each of a list, is written by; none where it is no such. */
  private static Stream<Class<?>> mapping(Type type) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return mapping(generic.getActualTypeArguments()[0]);
    }
    return type instanceof Class<?> record && record.isRecord() && isDescribed(record)
        ? Stream.of(record)
        : Stream.empty();
  }

  /** Terms of a loss, for one, are read by their names and not by the record's. */
  private static boolean isDescribed(Class<?> record) {
    return YamlKey.of(record).stream().noneMatch(key -> key.description().isEmpty());
  }
}
