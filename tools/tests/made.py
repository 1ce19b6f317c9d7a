"""Results as a run writes them, made up for the tests."""

import copy

ENVIRONMENT = {
    "cpu": {
        "name": "Some CPU",
        "family": "family 1 model 2 stepping 3",
        "physicalCores": 2,
        "logicalProcessors": 2,
        "instructionSets": ["avx2"],
    },
    "threads": 2,
    "jvm": {"version": "17"},
    "libraries": {"pytorch": "2.7.1"},
    "git": {"revision": "abc", "dirty": False},
}


def measurement(metric, value, protocol, samples=(), **more):
    made = {"metric": metric, "value": value, "protocol": protocol}
    return {**made, "samples": list(samples), **more}


def perplexity(value, **protocol):
    return measurement("perplexity", value, {"arithmetic": "float32", "window": "1024", **protocol})


def times(decode, prefill, **more):
    """Of three samples each, the given one the middle."""
    return [
        measurement(metric, 9, {"forks": "1"}, (middle * 2, middle, middle / 2), **more)
        for metric, middle in (("timePerOutputToken", decode), ("timeToFirstToken", prefill))
    ]


def result(name, *measurements, tensors="aa", failure=None):
    model, recipe = name.split("/")
    made = {
        "cell": {"model": {"name": model}, "recipe": {"name": recipe}},
        "artifact": {"sha256": tensors, "execution": "float32"},
        "measurements": list(measurements),
        "environment": copy.deepcopy(ENVIRONMENT),
    }
    if failure:
        made["failure"] = {"stage": "compress", "kind": "badInput", "message": failure}
    return made
