package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopFileTest {
  private static final int K = 3;
  private static final int[] POSITIONS = {4, 0, 1, 7};

  @TempDir private Path directory;

  private final List<Integer> asked = new ArrayList<>();
  private Path path = Path.of("");

  @BeforeEach
  void begin() {
    path = directory.resolve("teachers/one.safetensors");
  }

  private static TopRows rows(int sequence) {
    Random random = new Random(sequence);
    int[] ids = new int[POSITIONS[sequence] * K];
    float[] logs = new float[ids.length];
    float[] tails = new float[POSITIONS[sequence]];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = random.nextInt();
      logs[i] = random.nextFloat();
    }
    for (int i = 0; i < tails.length; i++) {
      tails[i] = random.nextFloat();
    }
    return new TopRows(ids, logs, tails);
  }

  private TopFile open() {
    asked.clear();
    return TopFile.of(
        path,
        K,
        POSITIONS,
        sequence -> {
          asked.add(sequence);
          return rows(sequence);
        });
  }

  private void requireRead() {
    try (TopFile file = open()) {
      for (int i = 0; i < POSITIONS.length; i++) {
        assertThat(file.read(i).ids()).isEqualTo(rows(i).ids());
        assertThat(file.read(i).logs()).isEqualTo(rows(i).logs());
        assertThat(file.read(i).tails()).isEqualTo(rows(i).tails());
      }
      assertThat(file.k()).isEqualTo(K);
    }
  }

  @Test
  void whatIsThereIsNotMadeAgain() throws IOException {
    requireRead();
    assertThat(asked).containsExactly(0, 1, 2, 3);
    requireRead();
    assertThat(asked).isEmpty();
    try (TopFile file = open()) {
      assertThat(file.bytes()).isEqualTo(Files.size(path));
    }
  }

  /** One that died in the midst of its third sequence. */
  @Test
  void whatAnEarlierProcessMadeIsKept() throws IOException {
    assertThatThrownBy(
            () ->
                TopFile.of(
                    path,
                    K,
                    POSITIONS,
                    sequence -> {
                      if (sequence == 2) {
                        throw new IllegalStateException("killed");
                      }
                      return rows(sequence);
                    }))
        .hasMessage("killed");
    assertThat(path).doesNotExist();
    requireRead();
    assertThat(asked).containsExactly(2, 3);
  }

  @Test
  void whatIsDamagedIsMadeAgain() throws IOException {
    open().close();
    byte[] whole = Files.readAllBytes(path);
    for (int at = whole.length - 1; at >= 0; at -= 13) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 64;
      Files.write(path, damaged);
      requireRead();
      boolean spaces = at < Long.BYTES * 50 && asked.isEmpty();
      assertThat(asked.isEmpty()).as("byte " + at).isEqualTo(spaces);
    }
    Files.write(path, Arrays.copyOf(whole, whole.length - 5));
    requireRead();
    assertThat(asked).hasSize(4);
  }

  @Test
  void oneOfOtherTextsIsAnother() {
    open().close();
    try (TopFile file = TopFile.of(path, 1, new int[] {1}, at -> one())) {
      assertThat(file.k()).isEqualTo(1);
    }
    requireRead();
    assertThat(asked).hasSize(4);
  }

  private static TopRows one() {
    return new TopRows(new int[] {5}, new float[] {-1}, new float[] {-2});
  }

  @Test
  void positionsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> TopFile.of(path, 1, new int[] {2}, at -> one()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sequence 0: found 1 positions, expected 2");
  }
}
