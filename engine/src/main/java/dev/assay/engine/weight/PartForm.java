package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a weight of any form is kept that is a part of one in a form of our own: its tensors behind
 * the part's name and a dot, in its own format. Codes on a grid, which published layouts hold
 * elsewhere, are streams of bits here.
 */
final class PartForm {
  private static final String FORMAT = "format";

  private PartForm() {}

  /** Bytes of what {@link #pack} gives. */
  static long bytes(StoredWeight part) {
    Optional<QuantizedWeight> grid = streamed(part);
    if (grid.isPresent()) {
      return GridStream.bytes(grid.get());
    }
    // What bitsandbytes says beside the tensors stands in the configuration.
    return part.storedBytes() - part.codebook().map(each -> each.described().bytes()).orElse(0L);
  }

  /** Those whose own format is for models that are worked on. */
  private static Optional<QuantizedWeight> streamed(StoredWeight part) {
    return part.onGrid().filter(each -> each.grid().layout() != GridForm.Layout.REAL_ZEROS);
  }

  /** The tensors of a part, each behind its name. */
  static SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, String name, StoredWeight part) {
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    streamed(part)
        .map(grid -> GridStream.pack(torch, owner, grid))
        .orElseGet(() -> formats().of(part).packed(torch, owner, part))
        .forEach((suffix, tensor) -> tensors.put(name + "." + suffix, tensor));
    return tensors;
  }

  /** What the tensors do not say of a part, its format among it. */
  static ObjectNode entry(StoredWeight part) {
    WeightFormat<?> format = formats().of(part);
    return format.entryOf(part).put(FORMAT, format.name());
  }

  /**
   * A part of a weight.
   *
   * @param tensors of the whole weight
   * @param entry what {@link #entry} said of the part
   * @throws IllegalArgumentException if there is no such format, or tensors do not fit each other
   */
  static StoredWeight unpack(
      TorchSession torch,
      NDManager owner,
      String name,
      Map<String, NDArray> tensors,
      JsonNode entry) {
    Map<String, NDArray> own = new TreeMap<>();
    tensors.forEach(
        (full, tensor) -> {
          if (full.startsWith(name + ".")) {
            own.put(full.substring(name.length() + 1), tensor);
          }
        });
    String found = entry.path(FORMAT).asText("");
    WeightFormats formats = formats();
    WeightFormat<?> format =
        formats
            .find(found)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s: format: found '%s', expected one of %s"
                            .formatted(name, found, formats.names())));
    return GridStream.is(format, entry)
        ? GridStream.unpack(torch, owner, own, entry)
        : format.unpack(torch, owner, own, entry);
  }

  /** Whether two parts are kept in the same tensors and words. */
  static boolean same(TorchSession torch, StoredWeight one, StoredWeight other) {
    if (one == other) {
      return true;
    }
    if (!entry(one).equals(entry(other))) {
      return false;
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      SortedMap<String, NDArray> first = pack(torch, scope, "", one);
      SortedMap<String, NDArray> second = pack(torch, scope, "", other);
      return first.keySet().equals(second.keySet())
          && first.entrySet().stream()
              .allMatch(
                  entry -> {
                    NDArray tensor = second.get(entry.getKey());
                    return tensor != null && WeightRows.alike(torch, entry.getValue(), tensor);
                  });
    }
  }

  private static WeightFormats formats() {
    return WeightFormats.load();
  }
}
