package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.teacher.template.ChatTemplateCheck;
import java.util.Map;

/** Conversations as chat templates write them. */
class TemplatesRoomTest extends GoldenRoomTest {
  TemplatesRoomTest() {
    super("templates", Map.of("chat_template", new ChatTemplateCheck()));
  }
}
