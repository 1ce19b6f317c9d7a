package dev.assay.engine.checkpoint.gguf;

/** How a tensor of a GGUF file differs from Hugging Face's of the same model. */
public sealed interface Adjustment {
  /** What is hashed of it. */
  String label();

  /** Not at all. */
  Adjustment NONE = new None();

  /** A Conv1D matrix, which Hugging Face keeps as [in, out]. */
  Adjustment TRANSPOSED = new Transposed();

  /** A norm's weight w that is stored as 1 + w. */
  Adjustment PLUS_ONE = new PlusOne();

  /** Not at all. */
  record None() implements Adjustment {
    @Override
    public String label() {
      return "as-is";
    }
  }

  /**
   * Rows of rotary heads: within each head of d rows, row k · d/2 + i of Hugging Face is row 2i + k
   * of the file, k = 0 or 1.
   *
   * @param heads number of heads, at least 1
   */
  record InterleavedHeads(int heads) implements Adjustment {
    public InterleavedHeads {
      if (heads < 1) {
        throw new IllegalArgumentException("heads: found " + heads + ", expected at least 1");
      }
    }

    @Override
    public String label() {
      return "heads-" + heads;
    }
  }

  /**
   * Rows of fused queries, keys and values: Hugging Face has them group by group, of each first the
   * queries that it serves, then its keys, then its values; a file has all queries, all keys, all
   * values.
   *
   * @param groups heads of keys and values, at least 1
   * @param served heads of queries that each serves, at least 1
   */
  record GroupedHeads(int groups, int served) implements Adjustment {
    public GroupedHeads {
      if (groups < 1 || served < 1) {
        throw new IllegalArgumentException(
            "groups: found %d that serve %d, expected at least 1".formatted(groups, served));
      }
    }

    @Override
    public String label() {
      return "grouped-" + groups + "-" + served;
    }
  }

  /** Rows and columns change places. */
  record Transposed() implements Adjustment {
    @Override
    public String label() {
      return "transposed";
    }
  }

  /** The file's values are greater by 1. */
  record PlusOne() implements Adjustment {
    @Override
    public String label() {
      return "plus-one";
    }
  }
}
