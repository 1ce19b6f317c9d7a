package dev.assay.leaderboard.result;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The Javadoc of the schema's records, read from their sources. */
final class RecordJavadoc {
  private static final Path SOURCES =
      Path.of(
          System.getProperty("assay.root", ".."),
          "leaderboard/src/main/java",
          RecordJavadoc.class.getPackageName().replace('.', '/'));

  private final Map<String, DocCommentTree> comments = new HashMap<>();

  RecordJavadoc() {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8);
        Stream<Path> sources = Files.list(SOURCES)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources.sorted().toList()));
      DocTrees trees = DocTrees.instance(task);
      for (var unit : task.parse()) {
        new Collector(trees).scan(unit, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first sentence on a record of the schema; null for other types. */
  @Nullable String summary(Class<?> type) {
    DocCommentTree comment = comments.get(type.getSimpleName());
    return comment == null || !isOurs(type) || comment.getFirstSentence().isEmpty()
        ? null
        : text(comment.getFirstSentence());
  }

  /** What the Javadoc says of a record's component; null if nothing. */
  @Nullable String parameter(Class<?> type, String component) {
    DocCommentTree comment = comments.get(type.getSimpleName());
    if (comment == null || !isOurs(type)) {
      return null;
    }
    return comment.getBlockTags().stream()
        .filter(ParamTree.class::isInstance)
        .map(ParamTree.class::cast)
        .filter(tag -> tag.getName().toString().equals(component))
        .map(tag -> text(tag.getDescription()))
        .findFirst()
        .orElse(null);
  }

  private static boolean isOurs(Class<?> type) {
    return type.getPackage() == RecordJavadoc.class.getPackage();
  }

  private static String text(List<? extends DocTree> trees) {
    return trees.stream()
        .map(RecordJavadoc::text)
        .collect(Collectors.joining())
        .replaceAll("\\s+", " ");
  }

  private static String text(DocTree tree) {
    if (tree instanceof LiteralTree literal) {
      return literal.getBody().getBody();
    }
    if (tree instanceof TextTree plain) {
      return plain.getBody();
    }
    if (tree instanceof LinkTree link) {
      return link.getReference().getSignature();
    }
    // A value tag names a constant that the schema states by itself.
    return tree.getKind() == DocTree.Kind.VALUE
        ? String.valueOf(Result.SCHEMA_VERSION)
        : tree.toString();
  }

  private final class Collector extends TreePathScanner<Void, Void> {
    private final DocTrees trees;

    Collector(DocTrees trees) {
      this.trees = trees;
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        comments.put(type.getSimpleName().toString(), comment);
      }
      return super.visitClass(type, null);
    }
  }
}
