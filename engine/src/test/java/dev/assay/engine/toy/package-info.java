/** What it takes to add a form of weights or a kind of stage: the least of each. */
@NullMarked
package dev.assay.engine.toy;

import org.jspecify.annotations.NullMarked;
