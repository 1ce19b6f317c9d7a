package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.safetensors.TensorFile;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a run of training leaves what it needs to go on. A save counts once it is whole: its
 * tensors are there before the file that names them takes the place of the last.
 */
public final class TrainingSaves {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STATE = "training.json";
  private static final String STEPS = "step-";
  private static final String BEST = "best-";
  private static final String PARAMETER = "parameter.";
  private static final String MEMORY = "memory.";

  private final Path directory;

  /**
   * @param directory made where it is not there
   */
  public TrainingSaves(Path directory) {
    this.directory = directory;
  }

  /**
   * What a save holds.
   *
   * @param log so far
   * @param parameters by name
   * @param memory of the optimizer
   */
  record Saved(TrainingLog log, Map<String, NDArray> parameters, List<NDArray> memory) {}

  void save(
      TorchSession torch,
      TrainingPlan plan,
      TrainingLog log,
      Map<String, NDArray> parameters,
      List<NDArray> memory) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    parameters.forEach((name, tensor) -> tensors.put(PARAMETER + name, tensor));
    for (int i = 0; i < memory.size(); i++) {
      tensors.put(MEMORY + i, memory.get(i));
    }
    String file = file(STEPS, log.steps().size());
    ObjectNode state = JSON.createObjectNode();
    state.put("tensors", file);
    state.put("memory", memory.size());
    state.set("plan", JSON.valueToTree(described(plan)));
    state.set("log", JSON.valueToTree(log));
    try {
      Files.createDirectories(directory);
      TensorFile.write(torch, directory.resolve(file), tensors);
      Path partial = directory.resolve(STATE + ".partial");
      Files.write(partial, JSON.writeValueAsBytes(state));
      Files.move(
          partial,
          directory.resolve(STATE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      deleteOthers(STEPS, file);
      Integer best = log.bestStep();
      if (best != null) {
        deleteOthers(BEST, file(BEST, best));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static String file(String kind, int step) {
    return "%s%07d.safetensors".formatted(kind, step);
  }

  private void deleteOthers(String kind, String kept) throws IOException {
    try (var files = Files.newDirectoryStream(directory, kind + "*.safetensors")) {
      for (Path file : files) {
        if (!file.getFileName().toString().equals(kept)) {
          Files.delete(file);
        }
      }
    }
  }

  /** What another run has to have alike to go on from a save of this one. */
  private static Map<String, String> described(TrainingPlan plan) {
    Map<String, String> described = new LinkedHashMap<>();
    described.put("batch", String.valueOf(plan.batch()));
    described.put("accumulation", String.valueOf(plan.accumulation()));
    described.put("steps", String.valueOf(plan.steps()));
    described.put("learningRate", String.valueOf(plan.learningRate()));
    described.put("optimizer", String.valueOf(plan.optimizer()));
    described.put("schedule", String.valueOf(plan.schedule()));
    described.put("clipNorm", String.valueOf(plan.clipNorm()));
    described.put("seed", String.valueOf(plan.seed()));
    described.put("from", String.valueOf(plan.from()));
    return described;
  }

  /**
   * The last save; nothing where there is none.
   *
   * @param names of the parameters
   * @throws BadInputException if it is of another plan, or of other parameters
   */
  @Nullable Saved last(TorchSession torch, NDManager owner, TrainingPlan plan, Set<String> names) {
    Path file = directory.resolve(STATE);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      ObjectNode state = (ObjectNode) JSON.readTree(file.toFile());
      described(plan)
          .forEach(
              (key, wanted) -> {
                String found = state.path("plan").path(key).asText();
                if (!found.equals(wanted)) {
                  throw new BadInputException(
                      "%s: %s: found %s in the run that was interrupted, expected %s to go on from it"
                          .formatted(file, key, found, wanted));
                }
              });
      TensorFile tensors = TensorFile.open(directory.resolve(state.path("tensors").asText()));
      List<NDArray> memory = new ArrayList<>();
      for (int i = 0; i < state.path("memory").asInt(); i++) {
        memory.add(tensors.tensor(torch, owner, MEMORY + i));
      }
      return new Saved(
          JSON.treeToValue(state.path("log"), TrainingLog.class),
          parameters(torch, owner, tensors, PARAMETER, names),
          memory);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<String, NDArray> parameters(
      TorchSession torch, NDManager owner, TensorFile file, String prefix, Set<String> names) {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    for (String name : names) {
      if (!file.names().contains(prefix + name)) {
        throw new BadInputException(
            "%s: found no '%s', expected what is trained now to have been trained then"
                .formatted(directory, name));
      }
      parameters.put(name, file.tensor(torch, owner, prefix + name));
    }
    return parameters;
  }

  /**
   * Keeps the best parameters so far, beside those that the last save counts as the best.
   *
   * @param step behind which they are
   */
  void best(TorchSession torch, int step, Map<String, NDArray> parameters) {
    try {
      Files.createDirectories(directory);
      TensorFile.write(torch, directory.resolve(file(BEST, step)), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** The parameters that were the best behind a step. */
  Map<String, NDArray> best(TorchSession torch, NDManager owner, int step, Set<String> names) {
    TensorFile file = TensorFile.open(directory.resolve(file(BEST, step)));
    return parameters(torch, owner, file, "", names);
  }
}
