package dev.assay.engine.train;

import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.torch.TorchSession;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a teacher makes of texts on disk, so that it runs once over each: its most probable
 * tokens at each scored position, as {@link TopFile} says.
 *
 * @param torch where it runs
 * @param directory of the files, a name for each teacher, text and setting
 * @param identity all that what the teacher makes depends on but for the texts
 * @param k tokens of each position
 * @param temperature that logits are divided by
 * @param vocabulary first logits that count; 0 for all
 */
public record KeptTeacher(
    TorchSession torch,
    Path directory,
    String identity,
    int k,
    double temperature,
    long vocabulary) {
  private static final int DIGITS = 32;

  /** Changes with what files hold. */
  private static final String FORM = "top-k 1";

  /**
   * Texts with what the teacher makes of them.
   *
   * @param which sequences of them will be asked for, in ascending order
   * @param teacher reads it, where something is not kept yet; its tensors outlive this call
   * @param progress hears how many sequences are done
   */
  public TaughtData of(
      TrainingData data, int[] which, Supplier<TrainableModel> teacher, IntConsumer progress) {
    int[] positions =
        Arrays.stream(which).map(each -> (int) one(data, each).counts().scored()).toArray();
    Path path = directory.resolve(key(data, which) + ".safetensors");
    try (Runs runs = new Runs(sequence -> one(data, which[sequence]), teacher, progress)) {
      TopFile file = TopFile.of(path, k, positions, runs::of);
      return new TaughtData(data, which, file, runs.count);
    }
  }

  private static TrainingBatch one(TrainingData data, int sequence) {
    return data.batch(new int[] {sequence});
  }

  /** Runs the teacher, which is read first when it is needed. */
  private final class Runs implements AutoCloseable {
    private final IntFunction<TrainingBatch> data;
    private final Supplier<TrainableModel> teacher;
    private final IntConsumer progress;
    private @Nullable TeacherTops tops;
    private int count;

    Runs(IntFunction<TrainingBatch> data, Supplier<TrainableModel> teacher, IntConsumer progress) {
      this.data = data;
      this.teacher = teacher;
      this.progress = progress;
    }

    /** Of one sequence by itself, so that its neighbours make no difference. */
    TopRows of(int sequence) {
      TeacherTops loaded = tops;
      if (loaded == null) {
        loaded = new TeacherTops(torch, teacher.get(), vocabulary, k, temperature);
        tops = loaded;
      }
      TopRows rows = loaded.of(data.apply(sequence));
      count++;
      progress.accept(sequence + 1);
      return rows;
    }

    @Override
    public void close() {
      if (tops != null) {
        tops.close();
      }
    }
  }

  private String key(TrainingData data, int[] which) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    for (String part :
        new String[] {
          FORM,
          identity,
          String.valueOf(k),
          String.valueOf(temperature),
          String.valueOf(vocabulary),
          torch.device().label(),
          String.valueOf(torch.threads())
        }) {
      digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
    }
    for (int each : which) {
      TrainingBatch one = one(data, each);
      update(digest, one.ids()[0]);
      update(digest, one.mask()[0]);
      update(digest, one.labels()[0]);
    }
    return Hex.encodeHexString(digest.digest()).substring(0, DIGITS);
  }

  private static void update(MessageDigest digest, long[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate((1 + numbers.length) * Long.BYTES);
    bytes.putLong(numbers.length);
    bytes.asLongBuffer().put(numbers);
    digest.update(bytes.array());
  }
}
