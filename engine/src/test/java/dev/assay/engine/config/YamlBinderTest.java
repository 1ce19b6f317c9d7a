package dev.assay.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlBinderTest {
  public enum Colour {
    RED,
    DARK_BLUE
  }

  public record Paint(
      @Describe("what it is called") String name,
      @Default("red") Colour colour,
      @Default("2") int coats,
      @Default("0.25") double gloss,
      @Nullable Boolean washable,
      @Default("[]") List<Layer> layers,
      @Default("{}") Map<String, Long> stock) {
    public Paint {
      Require.within("gloss", gloss, 0, 1);
    }
  }

  public record Layer(int thickness, @Default("1") Amount amount) {
    @ScalarForm(
        expected = "a thickness",
        types = {"integer"})
    public static Layer of(String text) {
      return new Layer(Integer.parseInt(text), new Amount(1));
    }
  }

  public record Amount(int litres) {
    @ScalarForm(
        expected = "litres such as 3l, or a number",
        types = {"integer", "string"})
    public static Amount parse(String text) {
      if (!text.matches("\\d+l?")) {
        throw new IllegalArgumentException("litres such as 3l");
      }
      return new Amount(Integer.parseInt(text.replace("l", "")));
    }
  }

  private static Paint bind(String yaml) {
    return new YamlBinder().bind(YamlReader.parse(yaml, "x.yaml"), KeyPath.ROOT, Paint.class);
  }

  @Test
  void fillsInDefaults() {
    assertThat(bind("name: a"))
        .isEqualTo(new Paint("a", Colour.RED, 2, 0.25, null, List.of(), Map.of()));
  }

  @Test
  void bindsEveryForm() {
    assertThat(
            bind(
                "{name: a, colour: dark-blue, coats: 3, gloss: 1, washable: true,"
                    + " layers: [4, {thickness: 5, amount: 2l}, {thickness: 6, amount: {litres: 7}}],"
                    + " stock: {x: 8}}"))
        .isEqualTo(
            new Paint(
                "a",
                Colour.DARK_BLUE,
                3,
                1.0,
                true,
                List.of(
                    new Layer(4, new Amount(1)),
                    new Layer(5, new Amount(2)),
                    new Layer(6, new Amount(7))),
                Map.of("x", 8L)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "coats: 1                 | 1: missing key 'name', expected a string (what it is called)",
        "name: a#cots: 1          | 2: cots: unknown key 'cots', expected one of [name, colour,"
            + " coats, gloss, washable, layers, stock]; did you mean 'coats'?",
        "name: a#zzz: 1           | 2: zzz: unknown key 'zzz', expected one of [name, colour,"
            + " coats, gloss, washable, layers, stock]",
        "name: 7                  | 1: name: found 7, expected a string",
        "name:                    | 1: name: found nothing, expected a string",
        "name: [a]                | 1: name: found a list, expected a string",
        "name: a#coats: '2'       | 2: coats: found '2', expected an integer",
        "name: a#coats: 2.5       | 2: coats: found 2.5, expected an integer",
        "name: a#coats: 99999999999 | 2: coats: found 99999999999, expected an integer of ordinary"
            + " size",
        "name: a#gloss: shiny     | 2: gloss: found 'shiny', expected a number",
        "name: a#gloss: 1.5       | 2: gloss: found 1.5, expected a number from 0.0 to 1.0",
        "name: a#washable: maybe  | 2: washable: found 'maybe', expected true or false",
        "name: a#colour: darkblue | 2: colour: found 'darkblue', expected one of [red, dark-blue];"
            + " did you mean 'dark-blue'?",
        "name: a#layers: 3        | 2: layers: found 3, expected a list",
        "name: a#layers:#- 1#- x  | 4: layers[1]: found 'x', expected a thickness",
        "name: a#layers:#- 1#- {} | 4: layers[1]: missing key 'thickness', expected an integer",
        "name: a#layers: [{thickness: 1,#  amount: 3m}] | 3: layers[0].amount: found '3m', expected"
            + " litres such as 3l",
        "name: a#stock: {x: y}    | 2: stock.x: found 'y', expected an integer",
        "name: a#stock: 1         | 2: stock: found 1, expected a mapping",
        "[name]                   | 1: found a list, expected a mapping",
        "name                     | 1: found 'name', expected a mapping"
      })
  void saysWhereWhatWasFoundAndWhatExpected(String yaml, String message) {
    String text = yaml.replace('#', '\n').replace("'2'", "\"2\"");
    assertThatThrownBy(() -> bind(text))
        .isInstanceOf(BadInputException.class)
        .hasMessage("x.yaml:" + message);
  }

  @Test
  void namesEveryFaultThatStandsByItself() {
    assertThatThrownBy(
            () -> bind("name: 7\ncoats: x\nlayers: [y, {}]\nstock: {a: b, c: d}\nshine: 1"))
        .isInstanceOf(BadInputException.class)
        .message()
        .contains(
            "x.yaml:5: shine: unknown key 'shine'",
            "x.yaml:1: name: found 7, expected a string",
            "x.yaml:2: coats: found 'x', expected an integer",
            "x.yaml:3: layers[0]: found 'y', expected a thickness",
            "x.yaml:3: layers[1]: missing key 'thickness'",
            "x.yaml:4: stock.a: found 'b'",
            "x.yaml:4: stock.c: found 'd'");
  }

  @Test
  void writesWhatItReads() {
    Paint paint = bind("{name: '12', layers: [4], stock: {x: 8}, washable: false}");
    assertThat(bind(CanonicalYaml.write(CanonicalYaml.tree(paint)))).isEqualTo(paint);
  }
}
