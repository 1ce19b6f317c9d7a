package dev.assay.engine.export;

import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.util.List;
import java.util.Optional;

/** All formats that checkpoints can be written in. */
public final class ExportFormats {
  private final List<ExportFormat> all =
      List.of(
          new GgufExport("gguf", Optional.empty()),
          new GgufExport("gguf-f16", Optional.of(GgmlType.F16)),
          new GgufExport("gguf-q8_0", Optional.of(GgmlType.Q8_0)),
          new GgufExport("gguf-q4_0", Optional.of(GgmlType.Q4_0)),
          new SafetensorsExport(),
          new LayoutExport(
              "gptq",
              List.of(),
              true,
              options -> new GridLayout(Layout.GPTQ, RoundedGrid.of(options, Layout.GPTQ))),
          new LayoutExport(
              "awq",
              List.of(),
              true,
              options -> new GridLayout(Layout.AWQ, RoundedGrid.of(options, Layout.AWQ))),
          new LayoutExport(
              "compressed-tensors",
              List.of(),
              true,
              options -> new CompressedLayout(RoundedGrid.of(options, Layout.COMPRESSED_TENSORS))),
          sparse(BitmaskLayout.TWO_OF_FOUR, "sparsegpt-24-stored"),
          sparse(BitmaskLayout.ANY, "wanda-50-bitmask"),
          new LayoutExport(
              "bitsandbytes",
              BitsAndBytesLayout.Type.labels(),
              false,
              options -> new BitsAndBytesLayout(options.type().map(BitsAndBytesLayout.Type::of))),
          new LayoutExport("fp8", List.of(), false, options -> new BlockFloatLayout()),
          new LayoutExport(
              "bitnet", List.of(), false, options -> new BitNetLayout(options.requantize())),
          new GptOssExport(),
          new TorchScriptExport());

  private static ExportFormat sparse(BitmaskLayout layout, String recipe) {
    return new LayoutExport(
        layout.label(), List.of(), false, options -> new SparseLayout(layout, recipe));
  }

  public List<ExportFormat> all() {
    return all;
  }

  /** All names, in the order of the list. */
  public List<String> names() {
    return all.stream().map(ExportFormat::name).toList();
  }

  /**
   * The format of a name.
   *
   * @throws BadInputException if there is none
   */
  public ExportFormat of(String name) {
    return all.stream()
        .filter(format -> format.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "format: found '" + name + "', expected one of " + String.join(", ", names())));
  }
}
