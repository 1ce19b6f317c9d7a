package dev.assay.engine.checkpoint.gguf;

import dev.assay.engine.config.BadInputException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The architectures whose GGUF files are read and written. */
public final class GgufArchitectures {
  private final List<GgufArchitecture> all =
      List.of(
          new LlamaGguf(),
          new Qwen2Gguf(),
          new Qwen3Gguf(),
          new Gpt2Gguf(),
          new Phi3Gguf(),
          new Gemma2Gguf(),
          new BloomGguf(),
          new GptNeoXGguf(),
          new GptJGguf(),
          new FalconGguf(),
          new BertGguf(),
          new T5Gguf());

  /**
   * The architecture of a file.
   *
   * @throws BadInputException if it is not a known one
   */
  public GgufArchitecture of(GgufFile file) {
    String name = file.text("general.architecture");
    return find(each -> List.of(each.name()), name, file.file() + ": key general.architecture");
  }

  /**
   * The architecture of a model of Hugging Face's.
   *
   * @throws BadInputException if it is not a known one
   */
  public GgufArchitecture ofModelType(String type) {
    return find(GgufArchitecture::modelTypes, type, "config.json: key model_type");
  }

  private GgufArchitecture find(
      Function<GgufArchitecture, List<String>> by, String wanted, String where) {
    return all.stream()
        .filter(each -> by.apply(each).contains(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    where
                        + ": found '"
                        + wanted
                        + "', expected one of "
                        + all.stream()
                            .map(by)
                            .flatMap(List::stream)
                            .collect(Collectors.joining(", "))));
  }
}
