/** What a weight can be: how it is stored, what it counts, and the kernel that runs it. */
@NullMarked
package dev.assay.engine.weight;

import org.jspecify.annotations.NullMarked;
