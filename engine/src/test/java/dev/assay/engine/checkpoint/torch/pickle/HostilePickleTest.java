package dev.assay.engine.checkpoint.torch.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pickles that want code run, memory filled or the stack overflown. */
@Timeout(20)
class HostilePickleTest {
  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "__builtin__, getattr",
    "torch, load",
    "torch.hub, FloatStorage",
    "torch._utils, _rebuild_tensor_v3",
    "torch.storage, FloatStorage",
    "collections, Counter",
  })
  void globalsBesideTheAllowed(String module, String name) {
    byte[] old = PickleWriter.begin().global(module, name).text("echo").op(0x85).ops("R").end();
    byte[] stacked = PickleWriter.begin().text(module).text(name).op(0x93).ops(")R").end();

    assertRefused(old, "byte 2: found the global '" + module + "." + name + "', which is not");
    assertRefused(stacked, "found the global '" + module + "." + name + "', which is not");
  }

  @ParameterizedTest
  @CsvSource({
    "'i', 0x69", // INST
    "'o', 0x6f", // OBJ
    "'P', 0x50", // PERSID
    "'0', 0x30", // POP
    "'2', 0x32", // DUP
  })
  void instructionsThatNobodyNeeds(String instruction, String shown) {
    assertRefused(PickleWriter.begin().ops(instruction).end(), "byte 2: found " + shown);
  }

  @Test
  void objectsAndExtensions() {
    for (int opcode : new int[] {0x81, 0x82, 0x83, 0x84, 0x92, 0x96, 0x97}) {
      assertRefused(PickleWriter.begin().op(opcode).end(), "which no state dictionary needs");
    }
  }

  @Test
  void lengthsBeyondTheEnd() {
    assertRefused(begin(0x8b).int4(Integer.MAX_VALUE).end(), "whole number of 2147483647 bytes");
    assertRefused(begin(0x8b).int4(-1).end(), "found a whole number of -1 bytes");
    assertRefused(begin('X').int4(-1).end(), "expected 4294967295 more bytes, found 1");
    assertRefused(begin(0x8d).int8(1L << 62).end(), "expected 4611686018427387904 more bytes");
    assertRefused(begin(0x8d).int8(-1).end(), "expected 18446744073709551615 more bytes");
    assertRefused(begin(0x8c).op(200).end(), "expected 200 more bytes, found 1");
    assertRefused(begin('c').raw(new byte[1000]).end(), "found a name of more than 256 bytes");
  }

  @Test
  void protocolsOfAnotherTime() {
    assertRefused(new PickleWriter().op(0x80, 6).end(), "found protocol 6, expected 2 to 5");
    assertRefused(new PickleWriter().op(0x80, 1).end(), "found protocol 1, expected 2 to 5");
  }

  @Test
  void depthCostsNothing() {
    int depth = 1_000_000;
    byte[] lists = PickleWriter.begin().ops("]".repeat(depth)).ops("a".repeat(depth - 1)).end();
    byte[] tuples = PickleWriter.begin().ops(")" + "\u0085".repeat(depth)).end();

    assertRefused(lists, "found a list of 1, expected a state dictionary");
    assertRefused(tuples, "found a tuple of 1, expected a state dictionary");
  }

  /** Each list holds the one before it twice: 2^1000 of them, if anyone counted. */
  @Test
  void doublingCostsNothing() {
    PickleWriter writer = PickleWriter.begin().ops("]");
    for (int i = 0; i < 1000; i++) {
      writer.op('r').int4(i).ops("](").op('j').int4(i).op('j').int4(i).ops("e");
    }

    assertRefused(writer.end(), "found a list of 2, expected a state dictionary");
  }

  @Test
  void dictionariesThatHoldThemselves() {
    byte[] pickle =
        PickleWriter.begin().ops("}").op('q', 0).text("model").op('h', 0).ops("s").end();

    assertRefused(pickle, "found a dictionary of 1, expected a state dictionary");
  }

  @Test
  void memoryIsBounded() {
    byte[] pickle = PickleWriter.begin().ops("]".repeat(5_000_000)).end();

    assertRefused(pickle, "found more than 4000000 values");
  }

  @Test
  void stacksThatAreEmpty() {
    assertRefused(PickleWriter.begin().end(), "takes more values than there are");
    assertRefused(PickleWriter.begin().ops("t").end(), "up to a mark, and no mark");
    assertRefused(PickleWriter.begin().ops("N(").op(0x85).end(), "more values than there are");
    assertRefused(PickleWriter.begin().op('h', 7).end(), "found a look-up of 7, where nothing");
  }

  @Test
  void valuesOfTheWrongKind() {
    assertRefused(PickleWriter.begin().ops("NNa").end(), "found None, expected a list to append");
    assertRefused(PickleWriter.begin().ops("NNNs").end(), "found None, expected a dictionary to");
    assertRefused(PickleWriter.begin().ops("}(Nu").end(), "expected a dictionary to put pairs");
    assertRefused(PickleWriter.begin().ops("}]Ns").end(), "found a list of 0, expected a string");
    assertRefused(PickleWriter.begin().ops("N)R").end(), "found None, expected a global and");
    assertRefused(
        PickleWriter.begin().ops("]Nb").end(), "found a list of 0, expected a dictionary");
    assertRefused(
        PickleWriter.begin().ops("}").text("x").ops("Ns").text("x").ops("Ns").end(),
        "found the key 'x' twice");
  }

  @Test
  void numbersOfEverySize() throws PickleException {
    byte[] pickle =
        PickleWriter.begin()
            .ops("}")
            .text("x")
            .tensor("LongStorage", "k", 1L << 40, 65535, new long[] {300, 0}, new long[] {0, 1})
            .ops("s")
            .end();

    PickledTensor tensor = StateDictionary.read(pickle).get(0);

    assertThat(tensor.storageElements()).isEqualTo(1L << 40);
    assertThat(tensor.offset()).isEqualTo(65535);
    assertThat(tensor.contiguous()).isTrue();
  }

  private static PickleWriter begin(int opcode) {
    return PickleWriter.begin().op(opcode);
  }

  private static void assertRefused(byte[] pickle, String message) {
    assertThatThrownBy(() -> StateDictionary.read(pickle))
        .isInstanceOf(PickleException.class)
        .hasMessageContaining(message);
  }
}
