"""The room blackbox: what goes to and comes from a server that speaks chat completions."""

import json
import shutil
from pathlib import Path

import index

ALGORITHM = "openai_chat_protocol"

# Requests whose answers stand in these files.
REQUESTS = {"response.json": "request.json", "stream_usage.sse": "request_stream.json"}


def make(source, room):
    directory = Path(source, "distillation")
    cases = {}
    for each in json.loads((directory / "index.json").read_text(encoding="utf-8"))["cases"]:
        if each["algorithm"] == ALGORITHM:
            file = Path(each["file"]).name
            inputs = {"reply": file}
            if file in REQUESTS:
                inputs["request"] = REQUESTS[file]
            for name in inputs.values():
                shutil.copyfile(directory / "blackbox" / name, room / name)
            cases[each["name"]] = case(each, inputs)
    index.write(room, cases)


def case(each, inputs):
    """What tells the kinds of files apart becomes the algorithm."""
    reply = inputs["reply"]
    kind = "stream" if reply.endswith(".sse") else reply.split("_")[0].split(".")[0]
    kept = {key: each[key] for key in ("scalars", "tolerance", "source", "note") if key in each}
    return {"algorithm": "chat_" + kind, "inputs": inputs, **kept}
