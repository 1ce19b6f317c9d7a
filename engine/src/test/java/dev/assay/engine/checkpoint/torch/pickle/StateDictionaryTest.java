package dev.assay.engine.checkpoint.torch.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** State dictionaries as CPython's own pickle module writes them, and others by hand. */
class StateDictionaryTest {
  /** Protocols 2 to 5, and a trainer's dictionary around the state dictionary. */
  @ParameterizedTest
  @ValueSource(strings = {"2", "3", "4", "5", "nested"})
  void picklesOfPython(String name) throws IOException, PickleException {
    List<PickledTensor> tensors = StateDictionary.read(resource(name));

    assertThat(tensors)
        .containsExactly(
            new PickledTensor(
                "embed.weight", "FloatStorage", "0", 12, 0, List.of(3L, 4L), List.of(4L, 1L)),
            new PickledTensor(
                "head.weight", "FloatStorage", "0", 12, 0, List.of(3L, 4L), List.of(4L, 1L)),
            new PickledTensor("part", "FloatStorage", "0", 12, 4, List.of(2L), List.of(1L)),
            new PickledTensor("t", "FloatStorage", "0", 12, 0, List.of(4L, 3L), List.of(1L, 4L)),
            new PickledTensor("scalar", "HalfStorage", "1", 1, 0, List.of(), List.of()),
            new PickledTensor("sized", "HalfStorage", "2", 300, 2, List.of(298L), List.of(1L)));
    assertThat(tensors)
        .extracting(PickledTensor::contiguous)
        .containsExactly(true, true, true, false, true, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "4", "nested"})
  void everyTruncationIsRefused(String name) throws IOException {
    byte[] whole = resource(name);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = java.util.Arrays.copyOf(whole, length);

      assertThatThrownBy(() -> StateDictionary.read(part))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(PickleException.class)
          .hasMessageStartingWith("instruction at byte ");
    }
  }

  /** Whatever a byte is changed to, there is a result or the one kind of error. */
  @ParameterizedTest
  @ValueSource(strings = {"2", "4"})
  void everyDamageIsSurvived(String name) throws IOException {
    byte[] bytes = resource(name);
    int refused = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (int flip = 1; flip < 256; flip++) {
        bytes[at] ^= (byte) flip;
        try {
          StateDictionary.read(bytes);
        } catch (PickleException e) {
          refused++;
        }
        bytes[at] ^= (byte) flip;
      }
    }

    assertThat(refused).isGreaterThan(bytes.length * 100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1 | 1 | found -1, expected an offset, whole and from 0 up",
        "0 | -3 | found -3, expected shape, whole and from 0 up",
      })
  void negativeNumbers(long offset, long size, String message) {
    byte[] pickle =
        PickleWriter.begin()
            .ops("}")
            .text("x")
            .tensor("FloatStorage", "0", 1, offset, new long[] {size}, new long[] {1})
            .ops("s")
            .end();

    assertThatThrownBy(() -> StateDictionary.read(pickle))
        .isInstanceOf(PickleException.class)
        .hasMessage("tensor 'x': " + message);
  }

  @Test
  void shapesAndStridesThatDiffer() {
    byte[] pickle =
        PickleWriter.begin()
            .ops("}")
            .text("x")
            .tensor("FloatStorage", "0", 1, 0, new long[] {1, 1}, new long[] {1})
            .ops("s")
            .end();

    assertThatThrownBy(() -> StateDictionary.read(pickle))
        .isInstanceOf(PickleException.class)
        .hasMessage("tensor 'x': found a tuple of 1, expected 2 strides");
  }

  @Test
  void storagesThatAreNone() {
    byte[] pickle =
        PickleWriter.begin()
            .ops("}")
            .text("x")
            .global("torch._utils", "_rebuild_tensor_v2")
            .ops("(")
            .text("no storage")
            .ops("Q")
            .whole(0)
            .ops("))tRs")
            .end();

    assertThatThrownBy(() -> StateDictionary.read(pickle))
        .isInstanceOf(PickleException.class)
        .hasMessage(
            "tensor 'x': found a reference to 'no storage', expected a reference to a storage");
  }

  @Test
  void dictionariesWithoutTensors() {
    byte[] pickle = PickleWriter.begin().ops("}").text("epoch").whole(3).ops("s").end();

    assertThatThrownBy(() -> StateDictionary.read(pickle))
        .isInstanceOf(PickleException.class)
        .hasMessage("found a dictionary of 1, expected a state dictionary with tensors");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        StateDictionaryTest.class.getResourceAsStream("state-dict-" + name + ".pkl")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }
}
