package dev.assay.harness.suite;

import dev.assay.engine.config.ScalarForm;

/** How many threads a kernel may use. */
public sealed interface Threads {
  /**
   * @param available what the machine has to offer
   * @return the number to use
   */
  int resolve(int available);

  /**
   * @throws IllegalArgumentException unless the text is {@code auto} or a number from 1
   */
  @ScalarForm(
      expected = "auto or a number of threads",
      types = {"integer", "string"},
      pattern = "^auto$")
  static Threads parse(String text) {
    if (text.equals("auto")) {
      return new Auto();
    }
    if (!text.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException("auto or a number of threads");
    }
    return new Fixed(Integer.parseInt(text));
  }

  /** As many as the machine has physical cores at hand. */
  record Auto() implements Threads {
    @Override
    public int resolve(int available) {
      return available;
    }

    @Override
    public String toString() {
      return "auto";
    }
  }

  /**
   * @param count exactly so many
   */
  record Fixed(int count) implements Threads {
    @Override
    public int resolve(int available) {
      return count;
    }

    @Override
    public String toString() {
      return Integer.toString(count);
    }
  }
}
