package dev.assay.engine.teacher.prompt;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.Require;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.chat.Choice;
import dev.assay.engine.teacher.chat.Completion;
import dev.assay.engine.teacher.chat.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a student learns from a teacher's answers.
 *
 * @param examples prompts with answers, in the order of the prompts
 * @param dropped answers that are left out
 */
public record TrainingSet(List<ChatExample> examples, Drops dropped) {
  public TrainingSet {
    examples = List.copyOf(examples);
  }

  /**
   * Makes one of answers. Those stay that the model itself ended, or of which no answer at all says
   * how it ended. Left out are the others, those that are empty, refused, cut off, there already
   * for the same prompt, and those to prompts of an evaluation set.
   *
   * @param completions one for each prompt, in the same order
   * @param keepTruncated whether answers that were cut off stay all the same
   */
  public static TrainingSet of(
      List<Prompt> prompts, List<Completion> completions, boolean keepTruncated) {
    Require.that(
        prompts.size() == completions.size(),
        "completions",
        completions.size(),
        "one for each of " + prompts.size() + " prompts");
    List<ChatExample> examples = new ArrayList<>();
    Set<ChatExample> seen = new HashSet<>();
    Drops dropped = new Drops();
    boolean saysEnds =
        completions.stream()
            .flatMap(each -> each.choices().stream())
            .anyMatch(choice -> choice.finishReason() != null);
    for (int i = 0; i < prompts.size(); i++) {
      Prompt prompt = prompts.get(i);
      boolean forbidden = EvaluationSets.known().titleOf(prompt).isPresent();
      for (Choice choice : completions.get(i).choices()) {
        String content = choice.content() == null ? "" : choice.content();
        ChatExample example = new ChatExample(prompt.messages(), content, prompt.domain());
        Optional<DropReason> reason =
            forbidden
                ? Optional.of(DropReason.EVALUATION_SET)
                : fault(choice, keepTruncated, saysEnds);
        if (reason.isEmpty() && !seen.add(example)) {
          reason = Optional.of(DropReason.DUPLICATE);
        }
        reason.ifPresentOrElse(dropped::add, () -> examples.add(example));
      }
    }
    return new TrainingSet(examples, dropped);
  }

  private static Optional<DropReason> fault(
      Choice choice, boolean keepTruncated, boolean saysEnds) {
    String content = choice.content();
    String reason = choice.finishReason();
    boolean cutOff = Choice.LENGTH.equals(reason);
    boolean refuses = choice.refusal() != null && !choice.refusal().isBlank();
    if (refuses || Choice.FILTERED.equals(reason)) {
      return Optional.of(DropReason.REFUSED);
    } else if (cutOff && !keepTruncated) {
      return Optional.of(DropReason.TRUNCATED);
    } else if (content == null && !cutOff) {
      return Optional.of(DropReason.REFUSED);
    } else if (content == null || content.isBlank()) {
      return Optional.of(DropReason.EMPTY);
    }
    boolean ended = Choice.STOP.equals(reason) || (reason == null && !saysEnds);
    return ended || cutOff ? Optional.empty() : Optional.of(DropReason.UNFINISHED);
  }

  /**
   * Writes the examples in JSON Lines, each with its {@code messages}, the answer last, and its
   * {@code domain} if it has one. The file appears whole or not at all, in a directory that is made
   * if it is not there; halves of surrogate pairs become U+FFFD.
   */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    for (ChatExample example : examples) {
      ObjectNode line = JsonNodeFactory.instance.objectNode();
      ArrayNode messages = line.putArray("messages");
      for (ChatMessage message : example.messages()) {
        messages.addObject().put("role", message.role()).put("content", message.content());
      }
      if (example.domain() != null) {
        line.put("domain", example.domain());
      }
      text.append(line).append('\n');
    }
    WholeFile.write(file, text.toString());
  }
}
