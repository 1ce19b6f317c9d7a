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
 * Keeps the tensors of the base behind {@code base.}, in its own format, and the two factors by
 * their names. Codes on a grid, which published layouts hold elsewhere, are streams of bits here.
 */
public final class AddedFormat implements WeightFormat<AddedWeight> {
  private static final String BASE = "base";
  private static final String FORMAT = "format";

  private final LowRankWeight.Format factors = new LowRankWeight.Format();

  @Override
  public String name() {
    return "added";
  }

  @Override
  public Class<AddedWeight> weights() {
    return AddedWeight.class;
  }

  /** Bytes of what is kept of a base. */
  static long bytes(StoredWeight base) {
    Optional<QuantizedWeight> grid = streamed(base);
    if (grid.isPresent()) {
      return GridStream.bytes(grid.get());
    }
    // What bitsandbytes says beside the tensors stands in the configuration.
    return base.storedBytes() - base.codebook().map(each -> each.described().bytes()).orElse(0L);
  }

  /** Those whose own format is for models that are worked on. */
  private static Optional<QuantizedWeight> streamed(StoredWeight base) {
    return base.onGrid().filter(each -> each.grid().layout() != GridForm.Layout.REAL_ZEROS);
  }

  @Override
  public SortedMap<String, NDArray> pack(TorchSession torch, NDManager owner, AddedWeight weight) {
    SortedMap<String, NDArray> tensors = new TreeMap<>(factors.pack(torch, owner, weight.addend()));
    streamed(weight.base())
        .map(grid -> GridStream.pack(torch, owner, grid))
        .orElseGet(() -> formats().of(weight.base()).packed(torch, owner, weight.base()))
        .forEach((name, tensor) -> tensors.put(BASE + "." + name, tensor));
    return tensors;
  }

  @Override
  public ObjectNode entry(AddedWeight weight) {
    WeightFormat<?> format = formats().of(weight.base());
    ObjectNode entry = factors.entry(weight.addend());
    entry.set(BASE, format.entryOf(weight.base()).put(FORMAT, format.name()));
    return entry;
  }

  @Override
  public AddedWeight unpack(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    Map<String, NDArray> own = new TreeMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(BASE + ".")) {
            own.put(name.substring(BASE.length() + 1), tensor);
          }
        });
    return new AddedWeight(
        base(torch, owner, own, entry.path(BASE)), factors.unpack(torch, owner, tensors, entry));
  }

  private static StoredWeight base(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    String name = entry.path(FORMAT).asText("");
    WeightFormats formats = formats();
    WeightFormat<?> format =
        formats
            .find(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "base: format: found '%s', expected one of %s"
                            .formatted(name, formats.names())));
    return GridStream.is(format, entry)
        ? GridStream.unpack(torch, owner, tensors, entry)
        : format.unpack(torch, owner, tensors, entry);
  }

  private static WeightFormats formats() {
    return WeightFormats.load();
  }
}
