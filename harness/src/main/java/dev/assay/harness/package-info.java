@NullMarked
package dev.assay.harness;

import org.jspecify.annotations.NullMarked;
