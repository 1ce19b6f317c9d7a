package dev.assay.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.YamlNode.Kind;
import dev.assay.engine.config.YamlNode.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4      | INTEGER | 4",
        "-1     | INTEGER | -1",
        "65_536 | STRING  | 65_536",
        "0100   | INTEGER | 100",
        "-007   | INTEGER | -7",
        "0o17   | INTEGER | 15",
        "0x1F   | INTEGER | 31",
        "0b11   | STRING  | 0b11",
        "1:30   | STRING  | 1:30",
        "08     | INTEGER | 8",
        "+12    | INTEGER | 12",
        "1.     | NUMBER  | 1.",
        ".5     | NUMBER  | .5",
        "1e3    | NUMBER  | 1e3",
        "1_0.5  | STRING  | 1_0.5",
        ".inf   | NUMBER  | .inf",
        ".nan   | NUMBER  | .nan",
        "2026-11-28 | STRING | 2026-11-28",
        "True   | BOOLEAN | true",
        "on     | STRING  | on",
        "Null   | NULL    | ''",
        "'\"0100\"' | STRING | 0100",
        "'''0x1F''' | STRING | 0x1F",
        "0.5    | NUMBER  | 0.5",
        "1e-2   | NUMBER  | 1e-2",
        "2:4    | STRING  | 2:4",
        "'\"4\"'| STRING  | 4",
        "true   | BOOLEAN | true",
        "~      | NULL    | ''",
        "no     | STRING  | no",
        "auto   | STRING  | auto"
      })
  void takesScalarsForWhatTheyAre(String yaml, Kind kind, String text) {
    assertThat(YamlReader.parse(yaml, "x.yaml"))
        .isEqualTo(new Scalar(new Position("x.yaml", 1), kind, text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"'0100'", "\"4\"", "'true'", "\"null\""})
  void whatIsQuotedAfterLettersOfTwoCharsIsText(String quoted) {
    YamlNode root = YamlReader.parse("# 🎲🎲\na: 🎲\nb: " + quoted + "\nc: 4\n", "x.yaml");

    String text = quoted.substring(1, quoted.length() - 1);
    assertThat(root.find(KeyPath.ROOT.key("b")))
        .contains(new Scalar(new Position("x.yaml", 3), Kind.STRING, text));
    assertThat(root.find(KeyPath.ROOT.key("c")))
        .contains(new Scalar(new Position("x.yaml", 4), Kind.INTEGER, "4"));
  }

  @Test
  void knowsTheLineOfEachValue() {
    YamlNode root = YamlReader.parse("a:\n  - b: 1\n    c: 2\n  - {d: 3,\n     e: 4}\n", "x.yaml");
    KeyPath items = KeyPath.ROOT.key("a");
    assertThat(line(root, items.item(0).key("c"))).isEqualTo(3);
    assertThat(line(root, items.item(1))).isEqualTo(4);
    assertThat(line(root, items.item(1).key("e"))).isEqualTo(5);
  }

  private static int line(YamlNode root, KeyPath path) {
    return root.find(path).orElseThrow().position().line();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                        | x.yaml: empty file, expected a YAML mapping",
        "'###'                     | x.yaml: empty file, expected a YAML mapping",
        "a: 1#b: 2#a: 3            | x.yaml:3: a: duplicate key 'a', first given in line 1",
        "a: {b: 1, b: 2}           | x.yaml:1: a.b: duplicate key 'b', first given in line 1",
        "a: &x [1]#b: *x           | x.yaml:1: a: found an anchor or alias, expected the value"
            + " itself",
        "a: 1#b: *a                | x.yaml:2: b: found an anchor or alias, expected the value"
            + " itself",
        "a: !!set {b}              | x.yaml:1: a: found tag '*', expected a value without tag",
        "a: 1#---#b: 2             | x.yaml:*: found a second document, expected one",
        "a: [1, 2#b: 3             | x.yaml:2: bad YAML: found no end of a list or mapping,"
            + " expected , or its closing bracket",
        "a: '\"x                   | x.yaml:*: bad YAML: *",
        "a:#  b: 1#\tc: 2           | x.yaml:3: bad YAML: found a tab, expected blanks as"
            + " indentation",
        "a:#\tb: 1                  | x.yaml:2: bad YAML: found a tab, expected blanks as"
            + " indentation",
        "a: 1#  b: 2               | x.yaml:2: bad YAML: mapping values are not allowed here*",
      })
  void refusesWhatIsNotPlainYaml(String yaml, String message) {
    assertThatThrownBy(() -> YamlReader.parse(yaml.replace('#', '\n'), "x.yaml"))
        .isInstanceOf(BadInputException.class)
        .message()
        .matches("\\Q" + message.replace("*", "\\E.*\\Q") + "\\E");
  }

  @Test
  void takesAFileOfCommentsForEmpty() {
    assertThatThrownBy(() -> YamlReader.parse("# a comment\n", "x.yaml"))
        .hasMessage("x.yaml: empty file, expected a YAML mapping");
  }

  @Test
  void refusesDeepNesting() {
    assertThatThrownBy(() -> YamlReader.parse("[".repeat(10_000), "x.yaml"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("x.yaml:1: bad YAML: ");
  }

  @Test
  void namesAFileThatCannotBeRead(@TempDir Path directory) throws IOException {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> YamlReader.read(missing))
        .isInstanceOf(BadInputException.class)
        .hasMessage(missing + ": no such file");
    Path binary = Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0x41});
    assertThatThrownBy(() -> YamlReader.read(binary))
        .isInstanceOf(BadInputException.class)
        .hasMessage(binary + ": found bytes that are not UTF-8, expected UTF-8");
  }

  @Test
  void whatIsNoFileIsNamed(@TempDir Path directory) {
    assertThatThrownBy(() -> YamlReader.read(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessage(directory + ": found a directory, expected a YAML file");
    assertThatThrownBy(() -> YamlReader.read(Path.of("")))
        .isInstanceOf(BadInputException.class)
        .hasMessage("found '', expected the path of a YAML file");
  }
}
