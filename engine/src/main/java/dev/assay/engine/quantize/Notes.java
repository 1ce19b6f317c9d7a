package dev.assay.engine.quantize;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is unusual about a compressed linear, each in a few words. */
public final class Notes {
  private Notes() {}

  /** One line of those that are there; null if none is. */
  public static @Nullable String joined(List<Optional<String>> notes) {
    List<String> there = notes.stream().flatMap(Optional::stream).toList();
    return there.isEmpty() ? null : there.stream().collect(Collectors.joining("; "));
  }
}
