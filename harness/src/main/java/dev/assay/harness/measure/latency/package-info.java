/** Time to first token and time per output token, in forked JVMs by JMH. */
@NullMarked
package dev.assay.harness.measure.latency;

import org.jspecify.annotations.NullMarked;
