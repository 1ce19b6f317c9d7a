/** What a weight can be: how it is stored, what it counts, and the kernel that runs it. */
@NullMarked
package dev.assay.engine.linear;

import org.jspecify.annotations.NullMarked;
