package dev.assay.engine.recipe;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.config.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** The kinds of stages that recipes can name. */
public final class StageRegistry {
  private final SortedMap<String, StageType<?>> types;

  /**
   * @throws IllegalStateException if two types have one name
   */
  public StageRegistry(Iterable<? extends StageType<?>> types) {
    SortedMap<String, StageType<?>> byName = new TreeMap<>();
    for (StageType<?> type : types) {
      if (byName.put(type.name(), type) != null) {
        throw new IllegalStateException("two stage types are named " + type.name());
      }
    }
    this.types = Collections.unmodifiableSortedMap(byName);
  }

  /** The types that the class path offers. */
  public static StageRegistry load() {
    List<StageType<?>> types = new ArrayList<>();
    ServiceLoader.load(StageCatalog.class).forEach(catalog -> types.addAll(catalog.stages()));
    return new StageRegistry(types);
  }

  /** All types, by name. */
  public Collection<StageType<?>> all() {
    return types.values();
  }

  /** All names, sorted. */
  public Names names() {
    return new Names(types.keySet());
  }

  public Optional<StageType<?>> find(String name) {
    return Optional.ofNullable(types.get(name));
  }

  /**
   * What a step of a recipe does.
   *
   * @throws IllegalArgumentException if there is no such stage
   */
  public CompressionMethod method(Step step) {
    return find(step.stage())
        .orElseThrow(() -> new IllegalArgumentException("unknown stage '" + step.stage() + "'"))
        .methodOf(step.parameters());
  }
}
