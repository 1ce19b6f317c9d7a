package dev.assay.harness.cli;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.export.ExportFormat;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.export.ExportOptions;
import dev.assay.engine.export.Exported;
import dev.assay.engine.family.Families;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Write a checkpoint in another format.")
final class ExportCommand implements Callable<Integer> {
  /** Names for help and completion. */
  static final class FormatNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return new ExportFormats().names().iterator();
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CHECKPOINT", description = "Hugging Face directory, or GGUF file.")
  private Path checkpoint = Path.of("");

  @Option(
      names = "--format",
      required = true,
      completionCandidates = FormatNames.class,
      description = "${COMPLETION-CANDIDATES}.")
  private String format = "";

  @Option(
      names = "--output",
      required = true,
      paramLabel = "PATH",
      description = "File or directory to write, which must not exist.")
  private Path output = Path.of("");

  @Option(
      names = "--shard-size",
      paramLabel = "BYTES",
      description = "Most bytes of tensors in a safetensors file; ${DEFAULT-VALUE} unless given.")
  private long shardSize = 2L << 30;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "Type of the matrices of a GGUF file: f16, q8_0, q4_k, ...; unless given each has the"
              + " smallest that holds its values as they are. For bitsandbytes what --requantize"
              + " rounds to: nf4 unless given, nf4-double, fp4, fp4-double, int8.")
  private Optional<String> type = Optional.empty();

  @Option(
      names = "--bits",
      paramLabel = "N",
      description =
          "Bits of what --requantize rounds to gptq, awq or compressed-tensors; 4 unless given.")
  private Optional<Integer> bits = Optional.empty();

  @Option(
      names = "--group-size",
      paramLabel = "N",
      description = "Columns that share a scale there, -1 for one scale a row; 128 unless given.")
  private Optional<Integer> groupSize = Optional.empty();

  @Option(
      names = "--requantize",
      description =
          "Round weights anew that are quantized already and have no place in the format as they"
              + " are; where nothing is quantized yet, the linears of all layers.")
  private boolean requantize;

  @Override
  public Integer call() {
    ExportFormat chosen = new ExportFormats().of(format);
    if (shardSize < 1) {
      throw new BadInputException("--shard-size: found " + shardSize + ", expected at least 1");
    }
    if (type.isPresent() && chosen.types().isEmpty()) {
      throw new BadInputException(
          "--type: found %s, expected none for %s".formatted(type.get(), chosen.name()));
    }
    if ((bits.isPresent() || groupSize.isPresent()) && !(chosen.grids() && requantize)) {
      throw new BadInputException(
          "--bits, --group-size: found with %s%s, expected with --requantize and one of gptq, awq,"
                  .formatted(chosen.name(), requantize ? "" : " without --requantize")
              + " compressed-tensors");
    }
    if (output.toString().isEmpty()) {
      throw new BadInputException("--output: found '', expected the path of something new");
    }
    Checkpoint source = new Families().belonging(Checkpoint.open(checkpoint));
    MissingDirectories above = MissingDirectories.above(output);
    Exported written;
    try (TorchSession torch =
        TorchSession.open(TorchDevice.CPU, Runtime.getRuntime().availableProcessors())) {
      written =
          chosen.export(
              torch,
              source,
              output,
              new ExportOptions(shardSize, type, requantize, bits, groupSize));
    } catch (RuntimeException e) {
      above.deleteEmpty();
      throw e;
    }
    PrintWriter out = spec.commandLine().getOut();
    source.notes().forEach(note -> out.println("note: " + note));
    written.notes().forEach(note -> out.println("note: " + note));
    for (int i = 1; Files.isDirectory(Pipeline.adapter(checkpoint, i)); i++) {
      out.println(
          "note: an adapter in PEFT's format stands beside it and stays there: "
              + Pipeline.adapter(checkpoint, i));
    }
    out.printf(
        "%s: %s, %,d tensors, %,d B (%,d B before)%n",
        output, chosen.summary(), written.tensors(), written.bytes(), source.fileBytes());
    out.flush();
    return ExitCode.SUCCESS;
  }
}
