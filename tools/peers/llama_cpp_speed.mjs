// Times llama.cpp on one GGUF file: the prompt, then tokens one at a time, greedily, as Assay times
// its own generation. Prints one line of JSON: milliseconds of each round.
//
//   node llama_cpp_speed.mjs DIRECTORY MODEL.gguf PROMPT DECODED THREADS ROUNDS
//
// DIRECTORY: where `npm install node-llama-cpp` was run.
import path from "node:path";
import {pathToFileURL} from "node:url";

const [directory, model, ...numbers] = process.argv.slice(2);
const [promptLength, decodeLength, threads, rounds] = numbers.map(Number);
const entry = path.join(path.resolve(directory), "node_modules/node-llama-cpp/dist/index.js");
const {getLlama} = await import(pathToFileURL(entry).href);

const llama = await getLlama({gpu: false, build: "never", logLevel: "error", maxThreads: threads});
const loaded = await llama.loadModel({modelPath: path.resolve(model)});
const contextSize = promptLength + decodeLength + 8;
const context = await loaded.createContext({contextSize, batchSize: promptLength, threads});
const sequence = context.getSequence();
const prompt = Array.from({length: promptLength}, (_, i) => 3 + ((i * 7919) % 1000));

const prefill = [];
const decode = [];
for (let round = 0; round <= rounds; round++) {
  await sequence.clearHistory();
  const begin = performance.now();
  let first = 0;
  let tokens = 0;
  for await (const token of sequence.evaluate(prompt, {temperature: 0, yieldEogToken: true})) {
    tokens++;
    if (tokens === 1) {
      first = performance.now();
    }
    if (tokens === decodeLength) {
      break;
    }
  }
  // The first round warms.
  if (round > 0) {
    prefill.push(first - begin);
    decode.push((performance.now() - first) / (tokens - 1));
  }
}
console.log(JSON.stringify({prefill, decode}));
await llama.dispose();
