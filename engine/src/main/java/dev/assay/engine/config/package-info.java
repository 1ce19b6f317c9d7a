/** YAML files bound to records, with errors that name the file, the line and the key. */
@NullMarked
package dev.assay.engine.config;

import org.jspecify.annotations.NullMarked;
