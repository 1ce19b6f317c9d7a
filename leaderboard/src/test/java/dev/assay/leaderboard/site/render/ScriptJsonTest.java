package dev.assay.leaderboard.site.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import freemarker.core.HTMLOutputFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptJsonTest {
  @Test
  void noTextCanEndTheElement() throws Exception {
    List<String> texts = List.of("</script>", "<!--", "a & b", "it's", "\u2028\u2029", "漢🙂");

    String json = HTMLOutputFormat.INSTANCE.getMarkupString(new ScriptJson().embed(texts));

    assertThat(json).doesNotContain("<", ">", "&", "'", "\u2028", "\u2029");
    assertThat(new ObjectMapper().readValue(json, String[].class)).containsExactlyElementsOf(texts);
  }
}
