package dev.assay.harness.cli;

import dev.assay.engine.calibration.Beside;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.mixed.Measure;
import dev.assay.engine.mixed.MixedRecipe;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.Sampling;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.hardware.profile.DeviceMemory;
import dev.assay.harness.mixed.Limit;
import dev.assay.harness.mixed.RecipeFile;
import dev.assay.harness.mixed.SizeUnit;
import dev.assay.harness.mixed.WidthSearch;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay mixed}. */
@Command(
    name = "mixed",
    mixinStandardHelpOptions = true,
    description = "Search the widths of a model's linears under a budget, and write a recipe.")
final class MixedCommand implements Callable<Integer> {
  private static final int DENSE = 2 * Byte.SIZE;
  private static final String SUFFIX = ".yaml";
  private static final long CONTEXT = 2048;

  /** One of these. */
  static final class BudgetOptions {
    @Option(names = "--mean-bits", description = "Most bits a weight on average, of codes alone.")
    private @Nullable Double meanBits;

    @Option(names = "--bytes", paramLabel = "SIZE", description = "Most bytes of weight files.")
    private @Nullable String bytes;

    @Option(names = "--memory", paramLabel = "SIZE", description = "Most memory when it runs.")
    private @Nullable String memory;

    @Option(names = "--profile", description = "Memory of this hardware profile.")
    private @Nullable String profile;
  }

  @Spec private CommandSpec spec;
  @Mixin private Locations locations = new Locations();
  @Mixin private ProgressOption progress;

  @Parameters(paramLabel = "MODEL", description = "Hugging Face directory.")
  private Path model = Path.of("");

  @ArgGroup(exclusive = true, multiplicity = "1")
  private BudgetOptions budget = new BudgetOptions();

  @Option(
      names = "--sensitivity",
      description =
          "output-error of each linear, or kl of the model's output (default: ${DEFAULT-VALUE}).")
  private String sensitivity = "output-error";

  @Option(
      names = "--widths",
      split = ",",
      description =
          "Bits that linears may get; 16 stands for as they are (default: ${DEFAULT-VALUE}).")
  private List<Integer> widths = List.of(2, 3, 4, 8);

  @Option(names = "--method", description = "rtn, gptq or hqq (default: ${DEFAULT-VALUE}).")
  private String method = "gptq";

  @Option(
      names = "--group-size",
      description = "Columns that share a scale; -1 for a row (default: ${DEFAULT-VALUE}).")
  private int groupSize = 64;

  @Option(names = "--embedding-bits", description = "Round the embedding to so many bits too.")
  private @Nullable Integer embedding;

  @Option(names = "--head-bits", description = "Round a head of its own to so many bits too.")
  private @Nullable Integer head;

  @Option(names = "--target", description = "Linears that get widths; may be repeated.")
  private List<String> targets = new ArrayList<>();

  @Option(names = "--ignore", description = "Linears that are left alone; may be repeated.")
  private List<String> ignore = new ArrayList<>();

  @Option(
      names = "--context",
      description =
          "Tokens of context that memory is to hold; by default 2048, or the model's if it has"
              + " fewer.")
  private @Nullable Long context;

  @Option(
      names = "--reserve",
      description = "Memory for all but weights and context (default: ${DEFAULT-VALUE}).")
  private String reserve = "300MB";

  @Option(
      names = "--dtype",
      description = "Arithmetic that memory is counted in (default: ${DEFAULT-VALUE}).")
  private String dtype = "bfloat16";

  @Option(
      names = "--dataset",
      description = "Text that sensitivities are measured on (default: ${DEFAULT-VALUE}).")
  private String dataset = "europarl-en";

  @Option(names = "--samples", description = "Sequences of it (default: ${DEFAULT-VALUE}).")
  private int samples = 16;

  @Option(names = "--length", description = "Tokens a sequence (default: ${DEFAULT-VALUE}).")
  private int length = 512;

  @Option(names = "--seed", description = "Seed of their drawing (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "Recipe to write, which must not exist; its name is that of the file.")
  private Path output = Path.of("");

  @Override
  public Integer call() {
    String file = String.valueOf(output.getFileName());
    if (!file.endsWith(SUFFIX) || Files.exists(output)) {
      throw new BadInputException(
          "--output: found '" + output + "', expected a file of YAML that does not exist");
    }
    Path parent = output.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new BadInputException(
          "--output: found '" + output + "', expected a file in a directory that exists");
    }
    if (!List.of("rtn", "gptq", "hqq").contains(method)) {
      throw new BadInputException("--method: found '" + method + "', expected rtn, gptq or hqq");
    }
    SortedSet<Integer> tried = new TreeSet<>(widths);
    boolean dense = tried.remove(DENSE);
    if (tried.isEmpty() || tried.first() < 1 || tried.last() > Byte.SIZE) {
      throw new BadInputException(
          "--widths: found " + widths + ", expected some of 1 to 8, and 16 for as they are");
    }
    Calibration calibration =
        new Calibration(dataset, "train", samples, length, Sampling.RANDOM, BosPolicy.NONE, seed);
    WidthSearch search =
        new WidthSearch(measure(), tried, groupSize, new Selection(targets, ignore), calibration);
    Checkpoint source = new Families().belonging(Checkpoint.open(model));
    Limit limit = limit(source);
    requireHead(source);
    Limit.Fit fit = new Limit.Fit(groupSize, optional(embedding), optional(head), dense);
    limit.requireFits(source, search.items(source), tried, fit);
    WidthSearch.Measured measured;
    try (TorchSession torch =
        TorchSession.open(TorchDevice.CPU, Runtime.getRuntime().availableProcessors())) {
      measured =
          progress.counting(
              spec.commandLine().getErr(),
              "sensitivities",
              each -> search.of(torch, source, locations.datasets(), each));
    }
    Limit.Chosen chosen = limit.search(source, measured.costs(), fit);
    write(file, source, fit, measured, chosen);
    PrintWriter out = spec.commandLine().getOut();
    chosen
        .widths()
        .linears()
        .forEach((bits, linears) -> out.printf("%2d bits: %d linears%n", bits, linears.size()));
    out.printf(
        Locale.ROOT,
        "%s: %.3f bits a weight on average, cost %.4g, %,d of %,d of the budget%n",
        output,
        chosen.widths().meanBits(),
        chosen.widths().allocation().cost(),
        chosen.widths().allocation().size(),
        chosen.widths().capacity());
    out.flush();
    return ExitCode.SUCCESS;
  }

  private void write(
      String file,
      Checkpoint source,
      Limit.Fit fit,
      WidthSearch.Measured measured,
      Limit.Chosen chosen) {
    String name = file.substring(0, file.length() - SUFFIX.length());
    List<String> comments =
        List.of(
            "Searched by 'assay mixed' on "
                + model
                + ", tensors of sha256 "
                + source.sha256().substring(0, 16)
                + ",",
            "under " + chosen.budget().words() + ": the least sum over the linears of",
            (measure() == Measure.KL
                    ? "the divergence of the model's output (kl)"
                    : "the relative error of their outputs (output-error)")
                + ", each rounded alone, on "
                + samples
                + " sequences of "
                + length,
            "tokens of "
                + dataset
                + ", sha256 of their ids "
                + measured.tokenIdsSha256().substring(0, 16)
                + ". Its cost is "
                + String.format(Locale.ROOT, "%.4g.", chosen.widths().allocation().cost()));
    String text =
        new MixedRecipe(name, method, groupSize, fit.embedding(), fit.head(), List.of())
            .text(chosen.widths(), comments);
    RecipeFile.write(output, text);
  }

  /** A head that is none of its own has no width of its own. */
  private void requireHead(Checkpoint source) {
    if (head != null) {
      Beside.HEAD
          .lack(new Families().architecture(source))
          .ifPresent(
              why -> {
                throw new BadInputException(
                    "--head-bits: found '"
                        + head
                        + "', expected a model with an output layer of its own: "
                        + why);
              });
    }
  }

  private Measure measure() {
    return switch (sensitivity) {
      case "output-error" -> Measure.OUTPUT_ERROR;
      case "kl" -> Measure.KL;
      default ->
          throw new BadInputException(
              "--sensitivity: found '" + sensitivity + "', expected output-error or kl");
    };
  }

  private Limit limit(Checkpoint source) {
    if (budget.meanBits != null) {
      return new Limit.Mean(budget.meanBits);
    }
    if (budget.bytes != null) {
      return new Limit.Files(SizeUnit.bytes("--bytes", budget.bytes));
    }
    long most =
        budget.memory != null
            ? SizeUnit.bytes("--memory", budget.memory)
            : profileMemory(String.valueOf(budget.profile));
    return new Limit.Memory(most, context(source), SizeUnit.bytes("--reserve", reserve), type());
  }

  private long context(Checkpoint source) {
    long most = new Families().architecture(source).spec().contextLength();
    if (context == null) {
      return Math.min(CONTEXT, most);
    }
    if (context < 1 || context > most) {
      throw new BadInputException(
          "--context: found %d, expected 1 to %d, the positions of the model"
              .formatted(context, most));
    }
    return context;
  }

  private static long profileMemory(String profile) {
    DeviceMemory memory = Home.ofLauncher().profiles().named(profile).memory();
    if (memory == null || memory.gigabytes() == null) {
      throw new BadInputException(
          "--profile: found '" + profile + "', which says no size, expected --memory SIZE");
    }
    return (long) (memory.gigabytes() * 1e9);
  }

  private DType type() {
    for (DType each : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
      if (each.label().equals(dtype)) {
        return each;
      }
    }
    throw new BadInputException(
        "--dtype: found '" + dtype + "', expected float32, bfloat16 or float16");
  }

  private static OptionalInt optional(@Nullable Integer bits) {
    return bits == null ? OptionalInt.empty() : OptionalInt.of(bits);
  }
}
