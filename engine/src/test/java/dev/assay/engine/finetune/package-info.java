@NullMarked
package dev.assay.engine.finetune;

import org.jspecify.annotations.NullMarked;
