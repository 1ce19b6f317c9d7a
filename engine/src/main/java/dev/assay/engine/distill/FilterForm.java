package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.torch.ModuleNode;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What states go through before they are compared.
 *
 * @param interval every how many layers of the student there is one
 * @param width of what it gives; null for the teacher's
 * @param bent whether it is two linears with a tanh between them, not one
 * @param tokens over which states are compared
 */
public record FilterForm(
    @Default("1") @Describe("every how many layers of the student there is one") int interval,
    @Describe("width of what a filter gives; the teacher's if left out") @Nullable Integer width,
    @Default("false") @Describe("two linears with a tanh between them, not one") boolean bent,
    @Default("scored") @Describe("over which tokens states are compared") Tokens tokens) {
  public FilterForm {
    Require.atLeast("interval", interval, 1);
    if (width != null) {
      Require.atLeast("width", width, 1);
    }
  }

  int widthOf(ModelSizes teacher) {
    return width == null ? teacher.hidden() : width;
  }

  ModuleNode node(TermBuild build, int in, int out) {
    return bent ? build.bent(in, out) : build.affine(in, out);
  }

  /** The states that filters are behind, and those of the teacher that are as far on. */
  List<StateMatch> matches(int studentLayers, int teacherLayers) {
    if (interval > studentLayers) {
      throw new BadInputException(
          "interval: found %d for a student of %d layers, expected at most as many"
              .formatted(interval, studentLayers));
    }
    List<StateMatch> all = LayerMap.UNIFORM.of(studentLayers, teacherLayers);
    return IntStream.rangeClosed(1, studentLayers / interval)
        .mapToObj(i -> all.get(i * interval - 1))
        .toList();
  }
}
