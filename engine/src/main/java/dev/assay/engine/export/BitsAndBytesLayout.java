package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.NoPlaceException;
import dev.assay.engine.checkpoint.packed.ByteTensors;
import dev.assay.engine.checkpoint.packed.LoaderRounding;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.quantize.activation.VectorwiseBytes;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.BlockScales;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.StoredWeight;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * bitsandbytes' layouts: 4-bit codes into a table, or signed bytes under a scale a row. A
 * configuration says one of them for all linears.
 *
 * @param asked what is rounded anew is to be rounded to, where that was said
 */
record BitsAndBytesLayout(Optional<Type> asked) implements PublishedLayout {
  private static final int BLOCK = 64;
  private static final int NESTED_BLOCK = 256;

  /** Sizes of blocks that its kernels have. */
  private static final List<Integer> BLOCKS = List.of(32, 64, 128, 256, 512, 1024, 2048, 4096);

  /** What can be rounded to. */
  enum Type {
    NF4,
    NF4_DOUBLE,
    FP4,
    FP4_DOUBLE,
    INT8;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> labels() {
      return Arrays.stream(values()).map(Type::label).toList();
    }

    /**
     * The type of a name.
     *
     * @throws BadInputException if it is no type's
     */
    static Type of(String label) {
      return Arrays.stream(values())
          .filter(type -> type.label().equals(label))
          .findFirst()
          .orElseThrow(
              () ->
                  new BadInputException(
                      "--type: found '%s', expected one of %s"
                          .formatted(label, String.join(", ", labels()))));
    }

    private Codebook table() {
      return this == FP4 || this == FP4_DOUBLE ? Codebook.FP4 : Codebook.NF4;
    }

    private int nested() {
      return this == NF4_DOUBLE || this == FP4_DOUBLE ? NESTED_BLOCK : 0;
    }
  }

  @Override
  public String label() {
    return "bitsandbytes";
  }

  @Override
  public String recipe() {
    return "nf4 or llm-int8";
  }

  /** Its loaders turn Conv1D round. */
  @Override
  public boolean packsConv1d() {
    return true;
  }

  /** From which magnitude on features stay apart is a key of its configuration. */
  @Override
  public boolean hasInput(InputScheme scheme) {
    return scheme instanceof PlainInput || LoaderRounding.does(Format.BITSANDBYTES_INT8, scheme);
  }

  @Override
  public String inputs() {
    return "inputs as they come, or LLM.int8()'s";
  }

  /** Loaders of 4-bit codes keep no feature apart. */
  @Override
  public void requireInput(StoredWeight weight, InputScheme input) {
    if (weight.codebook().isPresent() && input instanceof OutlierInput) {
      throw new NoPlaceException(
          "found inputs %s (%s) beside 4-bit codes, expected inputs as they come: bitsandbytes rounds"
                  .formatted(input.words(), input.name())
              + " those of signed bytes alone");
    }
  }

  @Override
  public Conversion begin(TorchSession torch, Checkpoint source) {
    return new Codes(torch);
  }

  private final class Codes implements Conversion {
    private final TorchSession torch;

    /** Whether all are signed bytes, as the first is; nothing before there is one. */
    private @Nullable Boolean bytes;

    Codes(TorchSession torch) {
      this.torch = torch;
    }

    @Override
    public void survey(StoredWeight weight) {
      if (bytes == null) {
        try (NDManager scope = torch.manager().newSubManager()) {
          bytes = of(scope, weight).onGrid().isPresent();
        }
      }
    }

    @Override
    public StoredWeight exact(NDManager owner, StoredWeight weight) {
      StoredWeight found = of(owner, weight);
      if (bytes != null && bytes != found.onGrid().isPresent()) {
        throw new NoPlaceException(
            "found %s beside %s, expected one of them for all: bitsandbytes' configuration knows no"
                    .formatted(weight.format(), bytes ? "signed bytes" : "4-bit codes")
                + " more");
      }
      return found;
    }

    private StoredWeight of(NDManager owner, StoredWeight weight) {
      return weight
          .codebook()
          .<StoredWeight>map(codes -> codes)
          .or(() -> Grids.of(torch, weight).flatMap(grid -> ByteTensors.of(torch, owner, grid)))
          .filter(found -> found.codebook().map(BitsAndBytesLayout::isLoaded).orElse(true))
          .orElseThrow(
              () ->
                  Grids.otherwise(
                      weight,
                      BitsAndBytesLayout.this,
                      "NF4 or FP4 in blocks of %s, or whole rows of codes up to 8 bits whose scales"
                              .formatted(BLOCKS)
                          + " are a 127th of a float32"));
    }

    @Override
    public StoredWeight rounded(NDManager owner, NDArray values, DType valueType) {
      Grids.requireFinite(torch, values);
      Type type = type();
      return type == Type.INT8 ? bytes(owner, values) : codes(owner, values, type, valueType);
    }

    /** What was asked for, unless what stays as it is settles it otherwise. */
    private Type type() {
      if (bytes == null) {
        return asked.orElse(Type.NF4);
      }
      Type type = asked.orElse(bytes ? Type.INT8 : Type.NF4);
      if (bytes != (type == Type.INT8)) {
        throw new NoPlaceException(
            "found --type %s beside %s that stay as they are, expected %s: bitsandbytes' configuration"
                    .formatted(
                        type.label(),
                        bytes ? "signed bytes" : "4-bit codes",
                        bytes ? Type.INT8.label() : "a type of 4 bits")
                + " says one of them for all");
      }
      return type;
    }

    private StoredWeight bytes(NDManager owner, NDArray values) {
      try {
        return VectorwiseBytes.quantize(torch, owner, values);
      } catch (ArithmeticException e) {
        throw new NoPlaceException(String.valueOf(e.getMessage()));
      }
    }

    private StoredWeight codes(NDManager owner, NDArray values, Type type, DType valueType) {
      return CodebookWeight.quantize(
          torch, owner, values, type.table(), BLOCK, type.nested(), valueType);
    }
  }

  private static boolean isLoaded(CodebookWeight weight) {
    boolean nested =
        !(weight.scales() instanceof BlockScales.Nested scales)
            || scales.blockSize() == NESTED_BLOCK;
    return BLOCKS.contains(weight.blockSize()) && nested;
  }
}
