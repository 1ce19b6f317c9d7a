package dev.assay.harness.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets a message through once; {@code logback.xml} has it for what is said of files, which several
 * parts of a command read.
 */
public final class EachOnce extends Filter<ILoggingEvent> {
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return said.add(event.getFormattedMessage()) ? FilterReply.NEUTRAL : FilterReply.DENY;
  }
}
