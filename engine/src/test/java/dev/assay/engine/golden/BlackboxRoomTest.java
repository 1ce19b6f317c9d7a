package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.teacher.chat.ChatErrorCheck;
import dev.assay.engine.teacher.chat.ChatResponseCheck;
import dev.assay.engine.teacher.chat.ChatStreamCheck;
import java.util.Map;

/** What a server that speaks chat completions is sent, and answers. */
class BlackboxRoomTest extends GoldenRoomTest {
  BlackboxRoomTest() {
    super(
        "blackbox",
        Map.of(
            "chat_response", new ChatResponseCheck(),
            "chat_stream", new ChatStreamCheck(),
            "chat_error", new ChatErrorCheck()));
  }
}
