"""restore.py SHIPPED.onnx OUT.pt --onnx body/model.onnx --vocabulary body/vocab.txt

The shipped 8-bit file as a checkpoint that `train.py --start`, `predict.py` and `export.py` read. What was cut off when it
was rounded stays lost; a few hundred batches make up for it. The vectors of words were never learned: they are the body's.
"""

import argparse
import base64

import onnx
import torch
from onnx import numpy_helper

from train import build

LINEAR = ("query", "key", "value", "joined", "widen", "narrow")
NORMS = {"n1": "after_attention", "n2": "after"}


def constants(graph):
    return {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}


def linear(known, name):
    """Columns with one scale each become rows, as torch has them; a file of 32 bits has no scales."""
    matrix = known[name + ".w"].float() * known.get(name + ".s", torch.ones(()))
    return {"weight": matrix.T.contiguous(), "bias": known[name + ".b"]}


def norm(known, name):
    return {"weight": known[name + ".g"], "bias": known[name + ".b"]}


def layer(known, name):
    parts = {part: linear(known, f"{name}.{part}") for part in LINEAR}
    return parts | {ours: norm(known, f"{name}.{theirs}") for theirs, ours in NORMS.items()}


def flat(tree, name=""):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{name}{key}.")
        else:
            yield name + key, value


def restored(path, model):
    file = onnx.load(path)
    body = constants(file.graph)
    about = {p.key: p.value for p in file.metadata_props}
    heads = constants(onnx.load_from_string(base64.b64decode(about["parts"])).graph)
    state = model.state_dict()
    position = state["body.position.weight"]
    position[: len(body["position"])] = body["position"]
    tree = {
        "body": {
            "position": {"weight": position},
            "feature": {"weight": body["feature"]},
            "norm": norm(body, "norm"),
            "layers": {str(n): layer(body, f"l{n}") for n in range(len(model.body.layers))},
        },
        "heads": {
            "tags": linear(body, "tags"),
            "distance": {"weight": heads["distance.w"]},
            "norm": norm(heads, "norm"),
            "layer": layer(heads, "layer"),
            "part": linear(heads, "part"),
        },
    }
    model.load_state_dict(state | dict(flat(tree)))
    return model


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("shipped")
    parse.add_argument("out")
    parse.add_argument("--onnx", required=True)
    parse.add_argument("--vocabulary", required=True)
    args = parse.parse_args()
    made_by = argparse.Namespace(onnx=args.onnx, vocabulary=args.vocabulary, layers=6, extra=0, tune=6)
    model = restored(args.shipped, build(made_by))
    torch.save({"model": model.state_dict(), "args": vars(made_by)}, args.out)


if __name__ == "__main__":
    main()
