package dev.assay.harness.cli;

import dev.assay.harness.run.need.Capacity;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/**
 * Makes commands; those that look at the machine get the means to.
 *
 * @param capacity looks at memory and disk
 */
record Commands(Capacity.Probe capacity) implements IFactory {
  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == RunCommand.class) {
      return type.cast(new RunCommand(capacity));
    }
    if (type == ValidateCommand.class) {
      return type.cast(new ValidateCommand(capacity));
    }
    return type == PlanCommand.class
        ? type.cast(new PlanCommand(capacity))
        : CommandLine.defaultFactory().create(type);
  }
}
