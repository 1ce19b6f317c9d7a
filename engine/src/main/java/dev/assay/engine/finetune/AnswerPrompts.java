package dev.assay.engine.finetune;

import dev.assay.engine.teacher.template.ChatTokens;
import dev.assay.engine.train.Prompts;
import java.util.Arrays;

/**
 * What was asked in conversations.
 *
 * @param written tokens behind it at most
 * @param longest tokens of both at most
 */
record AnswerPrompts(AnswerSequences answers, int written, int longest) implements Prompts {
  @Override
  public int size() {
    return answers.size();
  }

  @Override
  public long[] ids(int which) {
    ChatTokens example = answers.examples().get(which);
    return Arrays.copyOf(example.ids(), example.promptLength());
  }

  @Override
  public int most(int which) {
    return Math.min(written, longest - answers.examples().get(which).promptLength());
  }
}
