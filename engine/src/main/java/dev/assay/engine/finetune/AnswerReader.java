package dev.assay.engine.finetune;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.teacher.prompt.Drops;
import dev.assay.engine.teacher.template.ChatEncoder;
import dev.assay.engine.teacher.template.ChatTokens;
import dev.assay.engine.teacher.template.ExampleEncoder;
import dev.assay.engine.teacher.template.PairEncoder;
import dev.assay.engine.teacher.template.TokenizedSet;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.train.PairedTexts;
import dev.assay.engine.train.SequenceLengths;
import dev.assay.engine.train.TextPair;
import dev.assay.engine.train.TrainingData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens of conversations for a student and its teachers.
 *
 * @param answers the conversations
 * @param domains who teaches which
 * @param tokens whose tokens
 * @param own the student
 */
record AnswerReader(Answers answers, Domains domains, TeacherTokens tokens, ModelSpec own) {
  /**
   * Reads all.
   *
   * @throws BadInputException if none is left, or nothing beside those that are held out
   */
  Material read(Training training) {
    List<ChatExample> all = answers.read();
    Drops dropped = new Drops();
    List<Encoded> kept = encode(all, longest(), dropped, all.size());
    List<String> notes = new ArrayList<>();
    if (dropped.total() > 0) {
      notes.add("answers: of %d examples left out %s".formatted(all.size(), dropped));
    }
    if (kept.isEmpty()) {
      throw noneLeft(dropped);
    }
    HeldOut evaluation = training.evaluation();
    Set<Integer> held =
        evaluation == null
            ? Set.of()
            : held(
                kept.stream().map(Encoded::example).toList(),
                evaluation.windows(),
                training.seed());
    if (evaluation != null) {
      notes.add("answers: %d of %d examples held out".formatted(held.size(), kept.size()));
    }
    List<Encoded> learned = some(kept, held, false);
    return new Material(
        sequences(learned),
        held.isEmpty() ? null : sequences(some(kept, held, true)),
        kept.stream().flatMap(Encoded::all).mapToLong(ChatTokens::length).max().orElseThrow(),
        usual(learned),
        0,
        notes);
  }

  /**
   * Makes sure that some can be learned, by no more of them than it takes to tell: the first of
   * each order of roles, and the first that is short enough.
   *
   * @param evaluation what is held out; null for nothing
   * @throws BadInputException if a template does not take them, none is short enough, or so many
   *     are held out that none is left
   */
  void requireSome(@Nullable HeldOut evaluation) {
    List<ChatExample> all = answers.read();
    Set<List<String>> orders = new HashSet<>();
    List<ChatExample> some = new ArrayList<>();
    List<ChatExample> others = new ArrayList<>();
    for (ChatExample example : all) {
      boolean isNew = orders.add(example.prompt().stream().map(ChatMessage::role).toList());
      (isNew ? some : others).add(example);
    }
    Drops dropped = new Drops();
    if (encode(some, longest(), dropped, some.size()).isEmpty()
        && encode(others, longest(), dropped, 1).isEmpty()) {
      throw noneLeft(dropped);
    }
    if (evaluation != null) {
      requireOthers(all, evaluation.windows());
    }
  }

  /** Whatever the order is, of which the first prompt is learned from, if any is. */
  private static void requireOthers(List<ChatExample> all, int wanted) {
    List<List<Integer>> prompts = byPrompt(all);
    int most = all.size() - prompts.stream().mapToInt(List::size).min().orElse(0);
    if (most < wanted) {
      throw tooMany(wanted, all.size(), prompts.size());
    }
  }

  /** The places of answers to each prompt. */
  private static List<List<Integer>> byPrompt(List<ChatExample> examples) {
    Map<List<ChatMessage>, List<Integer>> byPrompt = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      byPrompt.computeIfAbsent(examples.get(i).prompt(), unused -> new ArrayList<>()).add(i);
    }
    return new ArrayList<>(byPrompt.values());
  }

  private static BadInputException tooMany(int wanted, int examples, int prompts) {
    return new BadInputException(
        "training: evaluation: windows: found %d, expected so few that of the %d examples to %d prompts some are left to learn from"
            .formatted(wanted, examples, prompts));
  }

  private int longest() {
    return Math.toIntExact(Math.min(answers.length(), own.spec().contextLength()));
  }

  private BadInputException noneLeft(Drops dropped) {
    return new BadInputException(
        "answers: found no example of at most %d tokens in %s, left out %s, expected some"
            .formatted(longest(), answers.file(), dropped));
  }

  private SequenceLengths usual(List<Encoded> learned) {
    if (!pairs()) {
      return SequenceLengths.of(mean(learned.stream().mapToLong(each -> each.own().length())));
    }
    return new SequenceLengths(
        mean(learned.stream().mapToLong(each -> each.own().promptLength())),
        mean(learned.stream().mapToLong(each -> each.own().length() - each.own().promptLength())));
  }

  private static long mean(LongStream lengths) {
    return Math.round(lengths.average().orElseThrow());
  }

  /** Whether the prompt is read by an encoder, and the answer written by a decoder. */
  private boolean pairs() {
    return own.kind() == ModelSpec.Kind.ENCODER_DECODER;
  }

  /**
   * An example in the tokens of all.
   *
   * @param own of the student
   * @param others of each teacher; null for one that reads the student's
   */
  private record Encoded(ChatExample example, ChatTokens own, List<@Nullable ChatTokens> others) {
    Stream<ChatTokens> all() {
      return Stream.concat(Stream.of(own), others.stream().filter(each -> each != null));
    }
  }

  /** The first of those that can be learned from, at most so many. */
  private List<Encoded> encode(List<ChatExample> examples, int longest, Drops dropped, int most) {
    List<Tokenizer> opened = new ArrayList<>();
    try {
      ExampleEncoder student = encoder(tokens.student(), opened);
      List<@Nullable ExampleEncoder> others = new ArrayList<>();
      for (Checkpoint other : tokens.others()) {
        others.add(other == null ? null : encoder(other, opened));
      }
      List<Encoded> kept = new ArrayList<>();
      for (ChatExample example : examples) {
        Encoded encoded = encode(example, student, others, longest, dropped);
        if (encoded != null) {
          kept.add(encoded);
        }
        if (kept.size() == most) {
          break;
        }
      }
      return kept;
    } finally {
      opened.forEach(Tokenizer::close);
    }
  }

  private ExampleEncoder encoder(Checkpoint checkpoint, List<Tokenizer> opened) {
    Tokenizer tokenizer = checkpoint.tokenizer();
    opened.add(tokenizer);
    return pairs()
        ? PairEncoder.of(checkpoint, tokenizer, own.spec().vocabularySize())
        : ChatEncoder.of(checkpoint, tokenizer);
  }

  private @Nullable Encoded encode(
      ChatExample example,
      ExampleEncoder student,
      List<@Nullable ExampleEncoder> others,
      int longest,
      Drops dropped) {
    ChatTokens read = encode(example, student, longest, dropped);
    if (read == null) {
      return null;
    }
    requireKnown(read);
    List<@Nullable ChatTokens> taught = new ArrayList<>();
    for (ExampleEncoder other : others) {
      ChatTokens its = other == null ? null : encode(example, other, longest, dropped);
      if (other != null && its == null) {
        return null;
      }
      taught.add(its);
    }
    return new Encoded(example, read, taught);
  }

  private static @Nullable ChatTokens encode(
      ChatExample example, ExampleEncoder encoder, int longest, Drops dropped) {
    TokenizedSet one = TokenizedSet.of(List.of(example), encoder, longest);
    one.dropped().counts().keySet().forEach(dropped::add);
    return one.examples().isEmpty() ? null : one.examples().get(0);
  }

  private void requireKnown(ChatTokens student) {
    long greatest = LongStream.of(student.ids()).max().orElse(0);
    long rows = own.spec().vocabularySize();
    if (greatest >= rows) {
      throw new BadInputException(
          "answers: found token %d in what the tokenizer makes of them, expected tokens below the %d of the model"
              .formatted(greatest, rows));
    }
  }

  /**
   * The last examples of an order that the seed settles. Answers to one prompt stay together, or
   * what is looked at would have been half learned; so they may be some more than are wanted.
   */
  private static Set<Integer> held(List<ChatExample> kept, int wanted, long seed) {
    List<List<Integer>> prompts = byPrompt(kept);
    Collections.shuffle(prompts, new Random(seed));
    Set<Integer> held = new TreeSet<>();
    for (int at = prompts.size() - 1; at >= 0 && held.size() < wanted; at--) {
      held.addAll(prompts.get(at));
    }
    if (held.size() == kept.size()) {
      throw tooMany(wanted, kept.size(), prompts.size());
    }
    return held;
  }

  private static List<Encoded> some(List<Encoded> kept, Collection<Integer> held, boolean which) {
    return IntStream.range(0, kept.size())
        .filter(i -> held.contains(i) == which)
        .mapToObj(kept::get)
        .toList();
  }

  private TrainingData sequences(List<Encoded> some) {
    List<@Nullable String> about = new ArrayList<>();
    some.forEach(each -> about.add(each.example().domain()));
    return domains.of(tokenized(some), about);
  }

  private TrainingData tokenized(List<Encoded> some) {
    if (pairs()) {
      return new PairedTexts(
          some.stream().map(each -> pair(each.own())).toList(), own.startToken());
    }
    List<@Nullable List<ChatTokens>> taught = new ArrayList<>();
    for (int teacher = 0; teacher < tokens.others().size(); teacher++) {
      int at = teacher;
      taught.add(
          tokens.others().get(at) == null
              ? null
              : some.stream().map(each -> Objects.requireNonNull(each.others().get(at))).toList());
    }
    return new AnswerSequences(some.stream().map(Encoded::own).toList(), taught);
  }

  private static TextPair pair(ChatTokens both) {
    long[] ids = both.ids();
    return new TextPair(
        Arrays.copyOf(ids, both.promptLength()),
        Arrays.copyOfRange(ids, both.promptLength(), ids.length));
  }
}
