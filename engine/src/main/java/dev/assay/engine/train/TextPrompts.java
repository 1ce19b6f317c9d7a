package dev.assay.engine.train;

import java.util.Arrays;

/**
 * Beginnings of windows of a text.
 *
 * @param begun tokens of each; fewer than a window has
 * @param written behind it at most, as far as a window goes
 */
public record TextPrompts(TextWindows windows, int begun, int written) implements Prompts {
  public TextPrompts {
    int length = windows.windows().get(0).length;
    if (begun < 1 || begun >= length || written < 1) {
      throw new IllegalArgumentException(
          "found prompts of %d tokens and %d behind them, expected some of each in windows of %d"
              .formatted(begun, written, length));
    }
  }

  @Override
  public int size() {
    return windows.size();
  }

  @Override
  public long[] ids(int which) {
    return Arrays.copyOf(windows.windows().get(which), begun);
  }

  @Override
  public int most(int which) {
    return Math.min(written, windows.windows().get(which).length - begun);
  }
}
