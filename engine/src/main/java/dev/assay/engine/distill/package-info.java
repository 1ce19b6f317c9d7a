/** What a student is to learn of its teachers: the terms of a loss, in scripts and from recipes. */
@NullMarked
package dev.assay.engine.distill;

import org.jspecify.annotations.NullMarked;
