package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.ScaledWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

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
                } else if (weight.scaleType() != first.scaleType()) {
                  unsaid.put(
                      linear, "under scales of another type than the configuration says of all");
                }
              });
    }
    return unsaid;
  }

  /** Linears whose inputs are rounded, which other tools do not do, or do otherwise. */
  SortedSet<String> unroundedInputs() {
    return inputs((linear, scheme) -> !isTold(linear) && !isDone(linear, scheme));
  }

  /** Linears whose inputs other tools round to the same grid, but by a rule of their own. */
  SortedSet<String> otherwiseRoundedInputs() {
    return inputs((linear, scheme) -> isTold(linear) && !CompressedForm.saysInput(scheme));
  }

  private SortedSet<String> inputs(BiPredicate<String, InputScheme> which) {
    SortedSet<String> linears = new TreeSet<>();
    written
        .inputs()
        .forEach(
            (linear, scheme) -> {
              if (scheme.rounds() && which.test(linear, scheme)) {
                linears.add(linear);
              }
            });
    return linears;
  }

  /** Whether the configuration speaks of a linear's input, if only of its grid. */
  private boolean isTold(String linear) {
    return said().equals(Optional.of(Format.COMPRESSED_TENSORS))
        && isOf(Format.COMPRESSED_TENSORS, linear)
        && written.activations(linear).isPresent();
  }

  /** Whether the loaders do to a linear's input by themselves what a scheme does. */
  private boolean isDone(String linear, InputScheme scheme) {
    return said()
        .filter(format -> isOf(format, linear) && LoaderRounding.does(format, scheme))
        .filter(format -> hasNumbers(linear, scheme))
        .isPresent();
  }

  /** Whether a scheme's numbers are those that the loaders take from weight or configuration. */
  private boolean hasNumbers(String linear, InputScheme scheme) {
    if (scheme instanceof OutlierInput outliers) {
      return outliers.threshold() == written.threshold();
    }
    ScaledWeight blocks = written.blockFloats().get(linear);
    return !(scheme instanceof GroupedInput groups)
        || (blocks != null && groups.groupSize() == blocks.blocks().columns());
  }

  /** Whether a configuration of a format, as it is written, speaks of a linear. */
  private boolean isOf(Format format, String linear) {
    return switch (format) {
      case BITSANDBYTES -> written.codebooks().containsKey(linear);
      case BITSANDBYTES_INT8 -> written.bytes().contains(linear);
      case BLOCK_FP8 -> written.blockFloats().containsKey(linear);
      case COMPRESSED_TENSORS, INT_QUANTIZED, FLOAT_QUANTIZED, MICROSCALED ->
          written.packed().containsKey(linear) || written.compressed().containsKey(linear);
      case GPTQ, GPTQ_V2, AWQ, AWQ_GEMV, BITNET, BITNET_ONLINE ->
          written.packed().containsKey(linear);
    };
  }

  /** What other tools do to inputs that come as they are here, in words; mostly nothing. */
  Optional<String> roundings() {
    return said()
        .flatMap(
            format ->
                LoaderRounding.unasked(format, written.inputs(), linear -> isOf(format, linear)));
  }
}
