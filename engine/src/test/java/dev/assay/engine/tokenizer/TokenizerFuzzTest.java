package dev.assay.engine.tokenizer;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.assay.engine.fixture.HostileFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokenizer files of any content, as far as the native library, which is not called; the first byte
 * says which of them it is.
 */
class TokenizerFuzzTest {
  private static final List<String> FILES =
      List.of(
          "tokenizer.json",
          "tokenizer.model",
          "tokenizer_config.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "vocab.txt");
  private static final String JSON =
      "{'added_tokens':[{'id':2,'content':'<s>','special':true}],'normalizer':null,"
          + "'post_processor':{'type':'TemplateProcessing',"
          + "'single':[{'SpecialToken':{'id':'<s>','type_id':0}},"
          + "{'Sequence':{'id':'A','type_id':0}}],'pair':[{'Sequence':{'id':'B','type_id':1}}],"
          + "'special_tokens':{'<s>':{'id':'<s>','ids':[2],'tokens':['<s>']}}},"
          + "'model':{'type':'BPE','continuing_subword_prefix':'#','vocab':{'a':0,'b':1},"
          + "'merges':[['a','#b']]}}";

  @TempDir static Path parent;

  @BeforeAll
  static void write() throws IOException {
    for (String name : FILES) {
      Path directory = Files.createDirectory(parent.resolve(name));
      boolean pair = name.equals("vocab.json") || name.equals("merges.txt");
      if (pair) {
        Files.writeString(directory.resolve("vocab.json"), "{\"a\": 0, \"b\": 1, \"ab\": 2}");
        Files.writeString(directory.resolve("merges.txt"), "#version: 0.2\na b\n");
      } else if (name.endsWith("_config.json") || name.startsWith("added")) {
        Files.write(directory.resolve("tokenizer.model"), sentencePiece());
      }
    }
  }

  private static byte[] sentencePiece() {
    return new SentencePieceWriter()
        .piece("<unk>", 0, 2)
        .piece("<s>", 0, 3)
        .piece("a", -1, 1)
        .piece("b", -2, 1)
        .piece("ab", -3, 1)
        .trainer(SentencePieceWriter.BPE, 1, 1)
        .normalizer(SentencePieceWriter.charsmap(), true, true, true)
        .bytes();
  }

  static Stream<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    byte[] pieces = sentencePiece();
    byte[] model = new byte[pieces.length + 1];
    model[0] = '1';
    System.arraycopy(pieces, 0, model, 1, pieces.length);
    seeds.add(model);
    Stream.of(
            "0" + JSON,
            "0{'model':{'type':'Unigram','unk_id':0,'vocab':[['a',0.5],['b',-1]]}}",
            "2{'tokenizer_class':'LlamaTokenizer','bos_token':{'content':'<s>'},"
                + "'added_tokens_decoder':{'1':{'content':'<s>','special':true}}}",
            "3{'<x>':5}",
            "4{'a':0,'b':1,'ab':2}",
            "5#version: 0.2\na b\n",
            "6[UNK]\n[CLS]\n[SEP]\na\n##b\n")
        .map(text -> text.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
        .forEach(seeds::add);
    return seeds.stream();
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = HostileFile.FUZZING_TIME)
  void isReadOrRefused(byte[] content) {
    if (content.length > 0) {
      Path directory = parent.resolve(FILES.get(Math.floorMod(content[0] - '0', FILES.size())));
      HostileFile.read(
          directory.resolve(String.valueOf(directory.getFileName())),
          Arrays.copyOfRange(content, 1, content.length),
          () -> TokenizerFiles.read(directory));
    }
  }
}
