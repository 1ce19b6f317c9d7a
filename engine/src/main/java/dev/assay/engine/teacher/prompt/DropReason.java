package dev.assay.engine.teacher.prompt;

/** Why something does not go into a training set. */
public enum DropReason {
  /** Nothing is in it. */
  EMPTY,
  /** The model refused, or a filter withheld its answer. */
  REFUSED,
  /** The answer was cut off at its limit. */
  TRUNCATED,
  /** The answer ended neither of itself nor at its limit, as for the call of a tool. */
  UNFINISHED,
  /** The same is there already, but for case, spaces and marks at the ends of words. */
  DUPLICATE,
  /** What is there already is as good as the same. */
  SIMILAR,
  /** It is of an evaluation set. */
  EVALUATION_SET,
  /** The answer is no list of instructions. */
  UNREADABLE,
  /** The instruction has too few words. */
  TOO_SHORT,
  /** The instruction has too many words, or the example too many tokens. */
  TOO_LONG,
  /** The instruction asks for what a model of text cannot do. */
  KEYWORD,
  /** The instruction begins with a punctuation mark. */
  BEGINS_ODDLY,
  /** A token that structures conversations is in its text. */
  CONTROL_TOKEN
}
