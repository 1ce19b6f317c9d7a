/**
 * Teachers that only write text: chat completions as a server that speaks OpenAI's protocol gives
 * them, with retries, limits of rate, a cache on disk and accounts of tokens and cost.
 */
@NullMarked
package dev.assay.engine.teacher.chat;

import org.jspecify.annotations.NullMarked;
