package dev.assay.engine.train;

/** What texts begin with that models write on. */
public interface Prompts {
  /** How many there are. */
  int size();

  /** Its tokens, at least one. */
  long[] ids(int which);

  /** Tokens that are written behind it at most, at least one. */
  int most(int which);
}
