package dev.assay.engine.tokenizer;

import java.util.List;

/** Texts with little in common, to try tokenizers on. */
final class SampleTexts {
  static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "Hello world",
          " Hello world",
          "Hello  world   with    many     spaces      ",
          "trailing space ",
          "new\nlines\n\nand\r\nreturns\r\n\r\n",
          "\ttabs\t\tand\u00a0blanks\u2003wide",
          "It's they're I'll we've you'd I'M",
          "numbers 1 12 123 1234 12345 3.14159e-10",
          "na\u00efve caf\u00e9 r\u00e9sum\u00e9 \u00fcber Stra\u00dfe",
          "e\u0301 combining a\u0308",
          "\u4f60\u597d\uff0c\u4e16\u754c\u3002\u65e5\u672c\u8a9e",
          "\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440",
          "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
          "emoji \ud83d\ude00\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 \ud83c\uddea\ud83c\uddfa",
          "int main() { return x[0] != y->z ? 1 : 0; } // ====----~~~~",
          "<not a token> <|nor this|> [INST]",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ================",
          "\u0001\u0002\u007f\ufffd");

  private SampleTexts() {}
}
