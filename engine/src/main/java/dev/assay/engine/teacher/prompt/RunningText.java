package dev.assay.engine.teacher.prompt;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Predicate;

/** A text that goes on over lines, looked at in pieces that lie half over each other. */
record RunningText(String text) {
  private static final int WORDS = 600;

  /**
   * Some words of it.
   *
   * @param line where they begin, from 1
   */
  record Piece(int line, String text) {}

  /**
   * A word.
   *
   * @param line where it stands
   */
  private record Word(int line, String text) {}

  /**
   * Those that something is in, each from the last line on that has all of it.
   *
   * @param has whether it is in a piece
   */
  List<Piece> pieces(Predicate<String> has) {
    List<Piece> found = new ArrayList<>();
    List<Word> words = new ArrayList<>();
    int number = 0;
    for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
      String line = lines.next();
      number++;
      int before = words.size();
      for (String word : line.split("\\s+", -1)) {
        if (!word.isEmpty()) {
          words.add(new Word(number, word));
          before = look(words, has, found, before);
        }
      }
      int own = words.size() - before;
      // Too short for a shingle, so that it is found by itself alone.
      if (own > 0 && own < Shingles.WORDS && has.test(line)) {
        add(found, new Piece(number, line));
      }
    }
    find(words, has, found);
    return found;
  }

  /** Looks at as many words as a piece has, and lets go of half of them. */
  private static int look(
      List<Word> words, Predicate<String> has, List<Piece> found, int lineBegan) {
    if (words.size() < WORDS) {
      return lineBegan;
    }
    find(words, has, found);
    words.subList(0, WORDS / 2).clear();
    return lineBegan - WORDS / 2;
  }

  private static void find(List<Word> words, Predicate<String> has, List<Piece> found) {
    if (!has.test(joined(words, 0))) {
      return;
    }
    int first = 0;
    for (int i = 1; i < words.size(); i++) {
      boolean begins = words.get(i).line() != words.get(i - 1).line();
      if (begins && has.test(joined(words, i))) {
        first = i;
      }
    }
    add(found, new Piece(words.get(first).line(), joined(words, first)));
  }

  private static void add(List<Piece> found, Piece piece) {
    if (found.stream().noneMatch(other -> other.line() == piece.line())) {
      found.add(piece);
    }
  }

  private static String joined(List<Word> words, int from) {
    StringJoiner text = new StringJoiner(" ");
    words.subList(from, words.size()).forEach(word -> text.add(word.text()));
    return text.toString();
  }
}
