package dev.assay.leaderboard.site.render;

import freemarker.core.HTMLOutputFormat;
import freemarker.core.TemplateHTMLOutputModel;
import freemarker.template.TemplateModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** The methodology document ({@code docs/METHODOLOGY.md}) as HTML. */
public final class MethodologyText {
  private static final String RESOURCE = "/dev/assay/leaderboard/site/METHODOLOGY.md";

  private MethodologyText() {}

  /**
   * The document that was packaged with this version.
   *
   * @throws IOException if it cannot be read
   */
  public static TemplateHTMLOutputModel html() throws IOException {
    try (InputStream in = MethodologyText.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException(RESOURCE + " is not on the class path");
      }
      String markdown = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return HTMLOutputFormat.INSTANCE.fromMarkup(render(markdown));
    } catch (TemplateModelException e) {
      throw new IOException(RESOURCE + " cannot be rendered", e);
    }
  }

  private static String render(String markdown) {
    List<Extension> extensions = List.of(TablesExtension.create(), HeadingAnchorExtension.create());
    Parser parser = Parser.builder().extensions(extensions).build();
    HtmlRenderer renderer =
        HtmlRenderer.builder().extensions(extensions).escapeHtml(true).sanitizeUrls(true).build();
    return renderer.render(parser.parse(markdown));
  }
}
