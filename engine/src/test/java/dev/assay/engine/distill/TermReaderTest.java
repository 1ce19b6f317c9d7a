package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.CanonicalYaml;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlReader;
import dev.assay.engine.distill.DivergenceForm.ReverseKl;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Terms as recipes have them. */
class TermReaderTest {
  private static final ModelSizes SMALL = new ModelSizes(4, 8, 20, 2, 8, 4, 4);
  private static final ModelSizes LARGE = new ModelSizes(8, 16, 20, 4, 16, 8, 8);

  private static WeightedTerm read(String yaml) {
    return new TermReader().read(YamlReader.parse(yaml, "a test"), KeyPath.ROOT, new YamlBinder());
  }

  @Test
  void keysOfATermMayComeInAnyOrder() {
    assertThat(read("reverse-kl: {tokens: attended, weight: 0.5, temperature: 2}"))
        .isEqualTo(
            new WeightedTerm(
                0.5, new SoftTargets(new ReverseKl(), Soft.at(2, false).over(Tokens.ATTENDED))));
    assertThat(read("hidden-mse: {student: [0, 4], projection: shared, teacher: [0, 8]}"))
        .isEqualTo(
            new WeightedTerm(
                1,
                new StateTerm(
                    new HiddenMse(Projection.SHARED),
                    new Compared(null, List.of(0, 4), List.of(0, 8), null))));
  }

  @Test
  void aNameAloneIsATerm() {
    assertThat(read("cross-entropy").term()).isEqualTo(CrossEntropy.plain());
    assertThat(read("cross-entropy:").term()).isEqualTo(CrossEntropy.plain());
  }

  @Test
  void everyTermHasKeysOfItsOwn() {
    for (TermType type : TermTypes.all()) {
      Set<String> keys = new HashSet<>(Set.of("weight"));
      type.keys()
          .forEach(
              record ->
                  TermTypes.keysOf(record)
                      .forEach(key -> assertThat(keys.add(key)).as(type.name()).isTrue()));
      assertThat(read(type.name()).term()).isNotNull();
    }
  }

  @Test
  void whatIsWrittenIsRead() {
    for (TermType type : TermTypes.all()) {
      WeightedTerm term = read(type.name() + ": {weight: 0.25}");

      assertThat(TermTypes.nameOf(term)).isEqualTo(type.name());
      assertThat(read(CanonicalYaml.write(term.written()))).isEqualTo(term);
    }
    WeightedTerm term =
        read("nst: {adjacent: true, student: [1, 2], teacher: [3, 4], tokens: attended}");
    assertThat(read(CanonicalYaml.write(term.written()))).isEqualTo(term);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reverse-lk | unknown term 'reverse-lk' | did you mean 'reverse-kl'?",
        "reverse-kl: {temprature: 2} | unknown key 'temprature' | did you mean 'temperature'?",
        "reverse-kl: {temperature: 0} | found 0.0, expected a number above 0 | temperature",
        "reverse-kl: {weight: -1} | found -1.0, expected a number above 0 | weight",
        "reverse-kl: 3 | found 3 | expected a mapping",
        "'{hinton: {}, uld: {}}' | keys [hinton, uld] | expected one term",
        "3 | found 3 | expected one term",
        "js: {lambda: 1} | found 1.0 | lambda",
        "hidden-mse: {student: [1, 2], teacher: [1]} | found 1 states | as many as of the student",
        "hidden-mse: {student: [-1], teacher: [1]} | found [-1] | from 0",
        "hidden-mse: {layers: last, student: [1], teacher: [1]} | found LAST | none where",
        "forward-kl: {teacherWeights: [1, 0]} | found [1.0, 0.0] | numbers above 0",
        "cross-entropy: {smoothing: 1} | found 1.0 | from 0 to below 1",
        "rkd: {distance: 0, angle: 0} | found 0.0 | above 0 where angle is 0",
        "ted: {filters: {interval: 0}} | found 0 | at least 1"
      })
  void badTermsAreNamed(String yaml, String found, String expected) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(found)
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "forward-kl: {teacherWeights: [1, 2]} | teacherWeights: found 2, expected one for each of 1",
        "hidden-mse: {projection: none} | a width without projection of 8 in the student and of 16",
        "hidden-mse: {student: [5], teacher: [1]} | found state 5 of a model of 4 layers",
        "patience | a width of 8 in the student and of 16",
        "attention-scores | a number of heads of 2 in the student and of 4",
        "minilm | a number of heads of 2",
        "minilm-v2: {heads: 3} | found 3 heads and queries of a width of 8",
        "nst: {layers: last, adjacent: true} | found one state",
        "rkd: {layers: uniform} | found 4 states to compare, expected one",
        "attention-scores: {student: [0], teacher: [0]} | found state 0, which is the embedding's",
        "ted: {filters: {interval: 5}} | found 5 for a student of 4 layers"
      })
  void modelsThatDoNotFitAreRefused(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml).term().requireFit(SMALL, List.of(LARGE)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void teachersAreAskedFor() {
    ModelSizes other = new ModelSizes(8, 16, 21, 4, 16, 8, 8);

    assertThatThrownBy(() -> read("hinton").term().requireFit(SMALL, List.of()))
        .hasMessage("hinton: found no teacher, expected one to learn from");
    assertThatThrownBy(() -> read("reverse-kl").term().requireFit(SMALL, List.of(LARGE, other)))
        .hasMessageContaining("reverse-kl: found vocabularies of 20 and 21");
    assertThatThrownBy(() -> read("uld").term().requireFit(SMALL, List.of(LARGE, other)))
        .hasMessage("uld: found 2 teachers, expected one");
    read("uld").term().requireFit(SMALL, List.of(other));
    read("cross-entropy").term().requireFit(SMALL, List.of());
    assertThat(read("cross-entropy").term().needsTeacher()).isFalse();
    assertThat(read("uld").term().comparesVocabularies()).isFalse();
    assertThat(read("cached-top-k").term().readsTeacherLogits()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hidden-mse | [1, 2, 3, 4] | [2, 4, 6, 8]",
        "hidden-mse: {layers: skip} | [1, 2, 3] | [2, 4, 6]",
        "hidden-mse: {layers: top} | [1, 2, 3] | [5, 6, 7]",
        "hidden-mse: {layers: last} | [4] | [8]",
        "hint | [2] | [4]",
        "tinybert | [0, 1, 2, 3, 4] | [0, 2, 4, 6, 8]",
        "ted: {filters: {interval: 2}} | [2, 4] | [4, 8]",
        "distilbert | [4] | [8]"
      })
  void statesAreFoundByRule(String yaml, String student, String teacher) {
    Needs needs = read(yaml).term().needs(4, 8);

    assertThat(needs.student().states()).hasToString(student);
    assertThat(needs.teacher().states()).hasToString(teacher);
  }

  @Test
  void scoresAndRelationsAreOfLayers() {
    Needs tiny = read("tinybert").term().needs(4, 8);
    assertThat(tiny.student().scores()).containsExactly(0, 1, 2, 3);
    assertThat(tiny.teacher().scores()).containsExactly(1, 3, 5, 7);
    Needs relations = read("minilm-v2: {keys: 0}").term().needs(4, 8);
    assertThat(relations.student()).isEqualTo(relations(3));
    assertThat(relations.teacher()).isEqualTo(relations(7));
    assertThat(tiny.and(relations).student().scores()).containsExactly(0, 1, 2, 3);
  }

  private static Reads relations(int layer) {
    Reads none = Reads.NONE;
    return new Reads(none.states(), none.scores(), Reads.of(layer), none.keys(), Reads.of(layer));
  }
}
