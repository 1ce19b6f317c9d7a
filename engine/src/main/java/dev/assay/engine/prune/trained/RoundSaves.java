package dev.assay.engine.prune.trained;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.safetensors.TensorFile;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.Ticket;
import dev.assay.engine.train.TrainingLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.io.file.PathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Where rounds leave what later ones need if they are interrupted. A round counts once it is whole:
 * its masks are there before the file that says so takes the place of the last.
 *
 * @param directory of the stage; null where nothing is kept
 */
record RoundSaves(TorchSession torch, @Nullable Path directory) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STATE = "rounds.json";
  private static final String REWIND = "rewind.safetensors";

  /**
   * What is there of rounds.
   *
   * @param rounds that are whole
   * @param ticket what they left
   * @param log of all of them
   */
  record Saved(int rounds, Ticket ticket, TrainingLog log) {}

  /** What the file says. */
  private record State(int rounds, TrainingLog log) {}

  /** Where a round's training keeps what it needs; null for nowhere. */
  @Nullable Path directory(int round) {
    return directory == null ? null : directory.resolve("round-" + round);
  }

  private static Path masks(Path directory, int rounds) {
    return directory.resolve("masks-%d.safetensors".formatted(rounds));
  }

  /** Keeps what rounds left, and forgets how the last of them was trained. */
  void save(int rounds, Ticket ticket, TrainingLog log) {
    Path own = directory;
    if (own == null) {
      return;
    }
    try {
      Files.createDirectories(own);
      TensorFile.write(torch, masks(own, rounds), ticket.masks());
      Path partial = own.resolve(STATE + ".partial");
      Files.write(partial, JSON.writeValueAsBytes(new State(rounds, log)));
      Files.move(
          partial,
          own.resolve(STATE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(masks(own, rounds - 1));
      Path trained = own.resolve("round-" + (rounds - 1));
      if (Files.exists(trained)) {
        PathUtils.deleteDirectory(trained);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(own + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * The last whole rounds; null where there is none.
   *
   * @param names of the weights that are pruned
   */
  @Nullable Saved last(NDManager owner, Collection<String> names) {
    Path own = directory;
    if (own == null || !Files.isRegularFile(own.resolve(STATE))) {
      return null;
    }
    try {
      State state = JSON.readValue(own.resolve(STATE).toFile(), State.class);
      TensorFile file = TensorFile.open(masks(own, state.rounds()));
      return new Saved(state.rounds(), new Ticket(read(owner, file, names)), state.log());
    } catch (IOException e) {
      throw new UncheckedIOException(own + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<String, NDArray> read(NDManager owner, TensorFile file, Collection<String> names) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    names.forEach(name -> tensors.put(name, file.tensor(torch, owner, name)));
    return tensors;
  }

  /** Keeps what rounds go back to. */
  void keep(Map<String, NDArray> values) {
    Path own = directory;
    if (own == null) {
      return;
    }
    try {
      Files.createDirectories(own);
    } catch (IOException e) {
      throw new UncheckedIOException(own + ": cannot be written: " + e.getMessage(), e);
    }
    TensorFile.write(torch, own.resolve(REWIND), values);
  }

  /**
   * What rounds go back to.
   *
   * @throws IllegalStateException if nothing is kept
   */
  Map<String, NDArray> kept(NDManager owner, Collection<String> names) {
    Path own = directory;
    if (own == null) {
      throw new IllegalStateException("found nothing that rounds go back to");
    }
    return read(owner, TensorFile.open(own.resolve(REWIND)), names);
  }
}
