package dev.assay.harness.teach;

import dev.assay.engine.calibration.StageContext.Progress;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.CachedTeacher;
import dev.assay.engine.teacher.chat.ChatBatch;
import dev.assay.engine.teacher.chat.ChatRequest;
import dev.assay.engine.teacher.chat.Completion;
import dev.assay.engine.teacher.chat.CompletionCache;
import dev.assay.engine.teacher.chat.Estimate;
import dev.assay.engine.teacher.chat.Ledger;
import dev.assay.engine.teacher.chat.Price;
import dev.assay.engine.teacher.chat.Sampling;
import dev.assay.engine.teacher.chat.Spending;
import dev.assay.engine.teacher.chat.TextTeacher;
import dev.assay.engine.teacher.chat.Usage;
import dev.assay.engine.teacher.prompt.Prompt;
import dev.assay.engine.teacher.prompt.PromptFile;
import dev.assay.engine.teacher.prompt.PromptSet;
import dev.assay.engine.teacher.prompt.SelfInstruct;
import dev.assay.engine.teacher.prompt.SelfInstructPlan;
import dev.assay.engine.teacher.prompt.TrainingSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes a training set as a file says. What is asked is kept, and not asked again. */
public final class TeachRun implements AutoCloseable {
  private final TeachFile file;
  private final List<Prompt> given;
  private final TeacherSource source;
  private final CompletionCache cache;
  private final Ledger ledger;
  private final Consumer<String> told;

  /** Shows how far some work is while it goes on. */
  @FunctionalInterface
  public interface Watch {
    /**
     * Does the work.
     *
     * @param task what is done, for people
     */
    <T> T over(String task, Function<Progress, T> work);
  }

  private TeachRun(
      TeachFile file, List<Prompt> given, TeacherSource source, Consumer<String> told) {
    this.file = file;
    this.given = given;
    this.source = source;
    this.cache = new CompletionCache(file.kept());
    this.ledger = new Ledger(source.price());
    this.told = told;
  }

  /**
   * Gets ready; nothing is sent, loaded or written yet.
   *
   * @param environment variables of the environment
   * @param told takes lines for people
   * @throws BadInputException if what the file names is not there
   */
  public static TeachRun of(
      TeachFile file, Map<String, String> environment, Consumer<String> told) {
    Path parent = Path.of(file.output()).toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(Path.of(file.output()))) {
      throw new BadInputException(
          "output: found '%s', expected a file in a directory that exists"
              .formatted(file.output()));
    }
    List<Prompt> given = PromptFile.read(Path.of(file.read()));
    return new TeachRun(file, given, TeacherSource.of(file.teacher(), environment), told);
  }

  /** An answer that the cache lacks, where nothing is to be asked. */
  private static final class NotKeptException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Tells what a run would take, and sends nothing. */
  public void estimate() {
    TextTeacher kept =
        cached(
            request -> {
              throw new NotKeptException();
            });
    try {
      List<Prompt> prompts = prompts(kept, about -> {});
      Estimate estimate =
          Estimate.of(source.base(), requests(prompts), cache, source.counter(), source.price());
      estimate.shown().lines().forEach(told);
    } catch (NotKeptException e) {
      estimateUnwritten();
    }
  }

  /** Of instructions that depend on answers yet to come less can be told. */
  private void estimateUnwritten() {
    SeedSource seeds = Objects.requireNonNull(file.seeds());
    SelfInstructPlan plan = seeds.instructions();
    long kept = ledger.spending().cached();
    long more = Math.max(1, about(plan) - kept);
    told.accept(
        "instructions: %d wanted, %d requests in the cache, about %d more, %d in all at most"
            .formatted(plan.wanted(), kept, more, plan.mostRequests()));
    told.accept("requests: %d, one to each instruction".formatted(plan.wanted()));
    told.accept("prompt tokens: unsupported (the instructions are not written yet)");
    OptionalLong writing = most(sampling(seeds), more);
    OptionalLong answers = most(file.sampling(), plan.wanted());
    if (writing.isEmpty() || answers.isEmpty()) {
      told.accept("completion tokens: unsupported (maxTokens is not given)");
      told.accept("cost: unsupported (the instructions are not written yet)");
      return;
    }
    told.accept(
        "completion tokens: 0 to about %d for instructions, 0 to %d for answers"
            .formatted(writing.getAsLong(), answers.getAsLong()));
    Price price = source.price();
    told.accept(
        price == null
            ? "cost: unsupported (no price is given)"
            : String.format(
                Locale.ROOT,
                "cost: unsupported (the instructions are not written yet); of all completion tokens about %.6f at most",
                price.of(new Usage(0, writing.getAsLong() + answers.getAsLong()))));
  }

  private static OptionalLong most(Sampling sampling, long requests) {
    return sampling.maxTokens() == null
        ? OptionalLong.empty()
        : OptionalLong.of((long) sampling.maxTokens() * sampling.answers() * requests);
  }

  private Sampling sampling(SeedSource seeds) {
    return seeds.sampling() == null ? file.sampling() : seeds.sampling();
  }

  private static long about(SelfInstructPlan plan) {
    return (plan.wanted() + plan.asked() - 1L) / plan.asked();
  }

  /**
   * Asks, and writes the output.
   *
   * @param watch shows how far it is
   * @throws BadInputException if the teacher does not answer, or nothing is left to learn from
   */
  public void run(Watch watch) {
    TextTeacher teacher = cached(source.open(ledger));
    try {
      List<Prompt> prompts =
          file.seeds() == null
              ? prompts(teacher, finished -> {})
              : watch.over(
                  "instructions",
                  progress -> {
                    long all = about(Objects.requireNonNull(file.seeds()).instructions());
                    return prompts(
                        teacher,
                        finished ->
                            progress.done(
                                Math.toIntExact(Math.min(finished, all)), Math.toIntExact(all)));
                  });
      List<ChatRequest> requests = requests(prompts);
      List<Completion> answers =
          watch.over(
              "answers",
              progress ->
                  new ChatBatch(
                          counted(teacher, done -> progress.done(done, requests.size())),
                          source.parallel())
                      .complete(requests));
      write(TrainingSet.of(prompts, answers, file.keepTruncated()));
    } finally {
      tell(ledger.spending());
    }
  }

  private void write(TrainingSet set) {
    if (set.examples().isEmpty()) {
      throw new BadInputException(
          "%s: found no answer to learn from, dropped %s, expected some"
              .formatted(file.output(), set.dropped()));
    }
    try {
      set.write(Path.of(file.output()));
    } catch (IOException e) {
      throw new UncheckedIOException(file.output() + ": cannot be written", e);
    }
    told.accept(
        "%s: %d examples, dropped %s"
            .formatted(file.output(), set.examples().size(), set.dropped()));
  }

  private void tell(Spending spending) {
    told.accept(
        "requests: %d, and %d from the cache in %s"
            .formatted(spending.requests(), spending.cached(), file.kept()));
    told.accept(
        "tokens: %d of prompts, %d of answers"
            .formatted(spending.usage().promptTokens(), spending.usage().completionTokens()));
    told.accept("cost: " + spending.shownCost());
  }

  private TextTeacher cached(TextTeacher teacher) {
    return new CachedTeacher(source.base(), teacher, cache, ledger);
  }

  private static TextTeacher counted(TextTeacher teacher, Consumer<Integer> finished) {
    AtomicInteger count = new AtomicInteger();
    return new TextTeacher() {
      @Override
      public Completion complete(ChatRequest request) {
        return complete(request, () -> false);
      }

      @Override
      public Completion complete(ChatRequest request, BooleanSupplier unwanted) {
        Completion completion = teacher.complete(request, unwanted);
        // Answers may come at a time, and what shows them takes one after another.
        synchronized (count) {
          finished.accept(count.incrementAndGet());
        }
        return completion;
      }
    };
  }

  private List<Prompt> prompts(TextTeacher teacher, Consumer<Integer> finished) {
    SeedSource seeds = file.seeds();
    if (seeds == null) {
      PromptSet set = Objects.requireNonNull(file.prompts()).of(given);
      if (set.prompts().isEmpty()) {
        throw new BadInputException(
            "prompts: found none to ask, dropped %s, expected some".formatted(set.dropped()));
      }
      told.accept("prompts: %d, dropped %s".formatted(set.prompts().size(), set.dropped()));
      return set.prompts();
    }
    SelfInstructPlan plan = seeds.instructions();
    SelfInstruct.Made made =
        new SelfInstruct(counted(teacher, finished), source.model(), sampling(seeds), plan)
            .from(given);
    if (made.prompts().isEmpty()) {
      throw new BadInputException(
          "seeds: the teacher wrote no instruction of use in %d requests, dropped %s, expected some"
              .formatted(made.requests(), made.dropped()));
    }
    told.accept(
        "instructions: %d of %d wanted, in %d requests, dropped %s"
            .formatted(made.prompts().size(), plan.wanted(), made.requests(), made.dropped()));
    return made.prompts();
  }

  private List<ChatRequest> requests(List<Prompt> prompts) {
    return prompts.stream()
        .map(each -> new ChatRequest(source.model(), each.messages(), file.sampling()))
        .toList();
  }

  @Override
  public void close() {
    source.close();
  }
}
