package dev.assay.engine.ops;

import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;

/**
 * The ops in C that scripts call as {@code ops.assay}. They are there where the build found a C
 * compiler for this system, and libtorch has the functions of its stable C ABI by which ops are
 * registered.
 */
public final class NativeOps {
  /** Which instructions the ops use. */
  public enum Level {
    /** Those that any processor has. */
    PLAIN(0, "plain C"),
    /** AVX2, FMA and F16C. */
    AVX2(1, "AVX2"),
    /** AVX-512 with bytes and words. */
    AVX512(2, "AVX-512"),
    /** AVX-512 that adds products of bytes too. */
    VNNI(3, "AVX-512 VNNI");

    /** In {@code processor.h}. */
    private final long number;

    private final String label;

    Level(long number, String label) {
      this.number = number;
      this.label = label;
    }

    private static Level of(long number) {
      return Arrays.stream(values())
          .filter(level -> level.number == number)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("found level " + number));
    }

    /** For people. */
    public String label() {
      return label;
    }
  }

  private final TorchSession torch;

  private NativeOps(TorchSession torch) {
    this.torch = torch;
  }

  /** Whether scripts can call them; loads them at the first call. */
  public static boolean areHere() {
    return NativeLibrary.INSTANCE.isLoaded();
  }

  /** What they run on, or why they are not here, for people. */
  public static String describe(TorchSession torch) {
    return areHere() ? of(torch).level().label() : NativeLibrary.INSTANCE.obstacle();
  }

  /**
   * The ops.
   *
   * @param torch a session, as libtorch has to be there before them
   * @throws IllegalStateException where they are not here
   */
  public static NativeOps of(TorchSession torch) {
    if (!areHere()) {
      throw new IllegalStateException(NativeLibrary.INSTANCE.obstacle());
    }
    return new NativeOps(torch);
  }

  /** Which instructions they use. */
  public Level level() {
    return use(-1);
  }

  /**
   * Has them use no better instructions from now on, in this process; for tests and benchmarks.
   *
   * @return which they use, as the processor may have fewer
   */
  public Level atMost(Level most) {
    return use(most.number);
  }

  private Level use(long most) {
    return Level.of(torch.script(NativeOps.class, "ops.py").callForLong("level", most));
  }
}
