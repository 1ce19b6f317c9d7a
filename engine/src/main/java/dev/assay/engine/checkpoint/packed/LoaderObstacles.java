package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.weight.ScaledWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of a checkpoint that is being written other tools do not load, or compute otherwise, as its
 * configuration says one format.
 */
final class LoaderObstacles {
  private final WrittenQuantization written;

  LoaderObstacles(WrittenQuantization written) {
    this.written = written;
  }

  /** The format that the configuration says; nothing where it says none. */
  Optional<Format> said() {
    return written
        .format()
        .or(() -> of(written.compressed().keySet(), Format.COMPRESSED_TENSORS))
        .or(() -> of(written.codebooks().keySet(), Format.BITSANDBYTES))
        .or(() -> of(written.bytes(), Format.BITSANDBYTES_INT8))
        .or(() -> of(written.blockFloats().keySet(), Format.BLOCK_FP8));
  }

  private static Optional<Format> of(Set<String> linears, Format format) {
    return linears.isEmpty() ? Optional.empty() : Optional.of(format);
  }

  private static String label(Format format) {
    return switch (format) {
      case BITSANDBYTES -> "4 bits of bitsandbytes";
      case BITSANDBYTES_INT8 -> "LLM.int8() of bitsandbytes";
      case BLOCK_FP8 -> "8-bit floats in blocks";
      default -> format.label();
    };
  }

  /** Linears that are not loaded, and divisors of activations that are passed over, with why. */
  SortedMap<String, String> tensors() {
    SortedMap<String, String> all = new TreeMap<>(written.ownObstacles());
    said().ifPresent(format -> all.putAll(otherThan(format)));
    if (!said().equals(Optional.of(Format.AWQ))) {
      String read = said().map(LoaderObstacles::label).orElse("plain weights");
      written
          .divisors()
          .forEach(
              tensor ->
                  all.put(
                      tensor,
                      "divides an activation channel by channel; readers of "
                          + read
                          + " pass it over and compute something else"));
    }
    return all;
  }

  /** Linears that a configuration of a format leaves unsaid. */
  private SortedMap<String, String> otherThan(Format format) {
    SortedMap<String, String> unsaid = new TreeMap<>();
    List<Set<String>> others = new ArrayList<>();
    if (format != Format.COMPRESSED_TENSORS) {
      others.add(written.compressed().keySet());
    }
    if (format != Format.BITSANDBYTES) {
      others.add(written.codebooks().keySet());
    }
    if (format != Format.BITSANDBYTES_INT8) {
      others.add(written.bytes());
    }
    if (format != Format.BLOCK_FP8) {
      others.add(written.blockFloats().keySet());
    }
    String why = "in a layout that a configuration of " + label(format) + " cannot say";
    others.forEach(linears -> linears.forEach(linear -> unsaid.put(linear, why)));
    if (format == Format.BLOCK_FP8) {
      ScaledWeight first = written.blockFloats().values().iterator().next();
      written
          .blockFloats()
          .forEach(
              (linear, weight) -> {
                if (!weight.blocks().equals(first.blocks())) {
                  unsaid.put(linear, "in other blocks than the configuration says of all");
                }
              });
    }
    return unsaid;
  }

  /** Linears whose inputs are rounded, which other tools do not do. */
  SortedSet<String> unroundedInputs() {
    SortedSet<String> linears = new TreeSet<>();
    written
        .inputs()
        .forEach(
            (linear, scheme) -> {
              boolean packed = !written.dense().contains(linear);
              boolean done =
                  packed
                      && said().filter(format -> LoaderRounding.does(format, scheme)).isPresent();
              boolean told =
                  packed
                      && said().equals(Optional.of(Format.COMPRESSED_TENSORS))
                      && written.activations(linear).isPresent();
              if (scheme.rounds() && !done && !told) {
                linears.add(linear);
              }
            });
    return linears;
  }

  /** What other tools do to inputs that come as they are here, in words; mostly nothing. */
  Optional<String> roundings() {
    return said()
        .flatMap(
            format ->
                LoaderRounding.unasked(
                    format, written.inputs(), linear -> !written.dense().contains(linear)));
  }
}
