package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which files of a repository make a checkpoint: its configuration, its tokenizer and its weights,
 * safetensors rather than {@code .bin}; or the one GGUF file that was asked for.
 *
 * @param reference what was asked for
 * @param names names of all files of the repository
 */
record ModelFiles(HubReference reference, List<String> names) {
  static final String CONFIG = "config.json";

  /** Of each pair the single file, else the index of the shards. */
  static final List<String> SINGLE = List.of("model.safetensors", "pytorch_model.bin");

  static final String INDEX_SUFFIX = ".index.json";

  static final Set<String> TOKENIZERS =
      Set.of("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt");

  private static final Set<String> COMPANIONS =
      Set.of(
          "generation_config.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "merges.txt",
          "quantize_config.json",
          "quant_config.json",
          "chat_template.jinja");
  private static final Pattern SHARD = Pattern.compile("(.+)-\\d{5}-of-\\d{5}(\\.[a-z]+)");

  ModelFiles {
    names = List.copyOf(names);
  }

  /**
   * Everything but the weights: configuration, tokenizer, index of the shards.
   *
   * @throws BadInputException if there is no configuration, or nothing that could be weights
   */
  List<String> small() {
    if (reference.file() != null) {
      return List.of();
    }
    if (!names.contains(CONFIG)) {
      throw new BadInputException(
          reference + ": found no " + CONFIG + " in the repository, expected one" + ggufHint());
    }
    List<String> small = new ArrayList<>();
    for (String name : names) {
      if (name.equals(CONFIG) || TOKENIZERS.contains(name) || COMPANIONS.contains(name)) {
        small.add(name);
      }
    }
    weightsRoot().filter(root -> root.endsWith(INDEX_SUFFIX)).ifPresent(small::add);
    return small;
  }

  /**
   * The files of the weights as far as their names tell.
   *
   * @throws BadInputException if there are none
   */
  List<String> weights() {
    String wanted = reference.file();
    if (wanted != null) {
      require(wanted);
      return List.of(wanted);
    }
    String root =
        weightsRoot()
            .orElseThrow(
                () ->
                    new BadInputException(
                        reference
                            + ": found no weights in the repository, expected one of "
                            + SINGLE
                            + ", or shards with their index"
                            + ggufHint()));
    return root.endsWith(INDEX_SUFFIX) ? shardsOf(root) : List.of(root);
  }

  /**
   * @throws BadInputException if the repository has no such file
   */
  void require(String name) {
    if (!names.contains(name)) {
      String ending = name.substring(name.lastIndexOf('.') + 1);
      List<String> alike = names.stream().filter(each -> each.endsWith("." + ending)).toList();
      throw new BadInputException(
          reference
              + ": file '"
              + FileName.shown(name)
              + "' is not in the repository, "
              + new Names(alike.isEmpty() ? names : alike).expectedInsteadOf(name));
    }
  }

  /** The single file of the weights, or the index of their shards. */
  private Optional<String> weightsRoot() {
    for (String single : SINGLE) {
      for (String name : List.of(single, single + INDEX_SUFFIX)) {
        if (names.contains(name)) {
          return Optional.of(name);
        }
      }
    }
    return Optional.empty();
  }

  private List<String> shardsOf(String index) {
    String single = index.substring(0, index.length() - INDEX_SUFFIX.length());
    int dot = single.lastIndexOf('.');
    return names.stream()
        .filter(
            name -> {
              Matcher shard = SHARD.matcher(name);
              return shard.matches()
                  && shard.group(1).equals(single.substring(0, dot))
                  && shard.group(2).equals(single.substring(dot));
            })
        .toList();
  }

  private String ggufHint() {
    List<String> gguf = names.stream().filter(name -> name.endsWith(".gguf")).toList();
    return gguf.isEmpty()
        ? ""
        : "; for one of its GGUF files name it, such as hub:"
            + reference.repository()
            + "@"
            + reference.revision()
            + "#"
            + gguf.get(0);
  }
}
