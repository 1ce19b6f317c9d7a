package dev.assay.engine.weight;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The formats that weights can be kept in. */
public final class WeightFormats {
  private final List<WeightFormat<?>> formats;

  public WeightFormats(List<? extends WeightFormat<?>> formats) {
    this.formats = List.copyOf(formats);
  }

  /** Those that the class path offers. */
  public static WeightFormats load() {
    List<WeightFormat<?>> formats = new ArrayList<>();
    ServiceLoader.load(WeightFormat.class).forEach(formats::add);
    return new WeightFormats(formats);
  }

  /** The format of a name. */
  public Optional<WeightFormat<?>> find(String name) {
    return formats.stream().filter(format -> format.name().equals(name)).findFirst();
  }

  /**
   * The format of a weight.
   *
   * @throws IllegalArgumentException if none keeps such weights
   */
  public WeightFormat<?> of(StoredWeight weight) {
    return find(weight)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no format keeps weights that are " + weight.format()));
  }

  /** The format of a weight, if one keeps such weights. */
  public Optional<WeightFormat<?>> find(StoredWeight weight) {
    return formats.stream().filter(format -> format.weights().isInstance(weight)).findFirst();
  }

  /** All names. */
  public List<String> names() {
    return formats.stream().<String>map(WeightFormat::name).toList();
  }
}
