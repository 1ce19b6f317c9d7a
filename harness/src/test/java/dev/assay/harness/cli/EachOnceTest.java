package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.api.Test;

class EachOnceTest {
  @Test
  void theSameIsSaidOnce() {
    EachOnce filter = new EachOnce();

    assertThat(filter.decide(event("a"))).isEqualTo(FilterReply.NEUTRAL);
    assertThat(filter.decide(event("b"))).isEqualTo(FilterReply.NEUTRAL);
    assertThat(filter.decide(event("a"))).isEqualTo(FilterReply.DENY);
  }

  private static LoggingEvent event(String file) {
    LoggingEvent event = new LoggingEvent();
    event.setMessage("{}: found key 'x' twice");
    event.setArgumentArray(new Object[] {file});
    return event;
  }
}
