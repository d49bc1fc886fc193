"""export.py CHECKPOINT OUT.onnx --name VERSION   the model as one file for ONNX Runtime, matrices in 8 bits.

The body: from ids and features [pieces] to x [1, pieces, WIDTH] and tags [1, pieces, 9]. In its properties the version,
the vocabulary, letters, and as base64 a second graph, the parts: from x [words, WIDTH] and distance [cues, words] to
parts [cues, words, PART]. It runs once for all cues of a window, when they are known.
"""

import argparse
import base64

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from body import HEADS, WIDTH
from train import build
from words import plain

STEPS = 63  # 7 bits: on processors without VNNI sums of 8 by 8 bits would overflow


INT, FLOAT = TensorProto.INT64, TensorProto.FLOAT


class Graph:
    def __init__(self, bits):
        self.nodes, self.constants, self.bits = [], [], bits

    def constant(self, name, value, kind=np.float32):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=kind), name))
        return name

    def add(self, operation, *inputs, outputs=1, **attributes):
        names = [f"{operation}{len(self.nodes)}_{n}" for n in range(outputs)]
        self.nodes.append(helper.make_node(operation, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, name, x, layer):
        """x W + b; with 8 bits x is cut to 8 bits as it comes, W has one scale a column."""
        weight = layer.weight.detach().float().numpy().T
        if self.bits == 8:
            scale = np.maximum(np.abs(weight).max(0), 1e-8) / STEPS
            matrix = self.constant(name + ".w", np.rint(weight / scale), np.int8)
            none = self.constant(name + ".z", np.zeros(weight.shape[1]), np.int8)
            cut, cut_scale, cut_zero = self.quantized(x)
            product = self.add("Cast", self.add("MatMulInteger", cut, matrix, cut_zero, none), to=TensorProto.FLOAT)
            scales = self.add("Mul", cut_scale, self.constant(name + ".s", scale))
            y = self.add("Mul", product, scales)
        else:
            y = self.add("MatMul", x, self.constant(name + ".w", weight))
        if layer.bias is None:
            return y
        return self.add("Add", y, self.constant(name + ".b", layer.bias.detach().numpy()))

    def quantized(self, x):
        if getattr(self, "last", (None,))[0] != x:
            self.last = (x, self.add("DynamicQuantizeLinear", x, outputs=3))
        return self.last[1]

    def made(self, inputs, outputs):
        for name, from_node in outputs.items():
            self.nodes.append(helper.make_node("Identity", [from_node], [name]))
        graph = helper.make_graph(
            self.nodes,
            "attribution",
            [helper.make_tensor_value_info(name, kind, None) for name, kind in inputs.items()],
            [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs],
            self.constants,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def norm(self, name, x, layer):
        scale = self.constant(name + ".g", layer.weight.detach().numpy())
        shift = self.constant(name + ".b", layer.bias.detach().numpy())
        return self.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-12)


def embedded(graph, body):
    words = body.word.weight.detach().numpy()
    if graph.bits == 8:
        scale = np.maximum(np.abs(words).max(1, keepdims=True), 1e-8) / 127
        table = graph.constant("words", np.rint(words / scale), np.int8)
        each = graph.add("Cast", graph.add("Gather", table, "ids"), to=TensorProto.FLOAT)
        x = graph.add("Mul", each, graph.add("Gather", graph.constant("words.s", scale), "ids"))
    else:
        x = graph.add("Gather", graph.constant("words", words), "ids")
    x = graph.add("Add", x, graph.add("Gather", graph.constant("feature", body.feature.weight.detach()), "features"))
    zero = graph.constant("zero", [0], np.int64)
    position = graph.constant("position", body.position.weight.detach()[:256])
    x = graph.add("Add", x, graph.add("Slice", position, zero, graph.add("Shape", "ids"), zero))
    return graph.norm("norm", graph.add("Unsqueeze", x, zero), body.norm)


def layer(graph, name, x, weights):
    split = graph.constant(name + ".split", [0, 0, HEADS, WIDTH // HEADS], np.int64)
    join = graph.constant(name + ".join", [0, 0, WIDTH], np.int64)
    heads = lambda part, turn: graph.add(
        "Transpose", graph.add("Reshape", graph.linear(f"{name}.{part}", x, getattr(weights, part)), split), perm=turn
    )
    scores = graph.add("MatMul", heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]))
    scores = graph.add("Mul", scores, graph.constant(name + ".root", (WIDTH // HEADS) ** -0.5))
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), heads("value", [0, 2, 1, 3]))
    mixed = graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), join)
    x = graph.norm(
        name + ".n1", graph.add("Add", x, graph.linear(name + ".joined", mixed, weights.joined)), weights.after_attention
    )
    wide = graph.linear(name + ".widen", x, weights.widen)
    bent = graph.add("Erf", graph.add("Div", wide, graph.constant(name + ".two", 2**0.5)))
    wide = graph.add("Mul", wide, graph.add("Add", bent, graph.constant(name + ".one", 1.0)))
    wide = graph.add("Mul", wide, graph.constant(name + ".half", 0.5))
    return graph.norm(name + ".n2", graph.add("Add", x, graph.linear(name + ".narrow", wide, weights.narrow)), weights.after)


def body_of(model, bits):
    graph = Graph(bits)
    x = embedded(graph, model.body)
    for number, weights in enumerate(model.body.layers):
        x = layer(graph, f"l{number}", x, weights)
    return graph.made({"ids": INT, "features": INT}, {"x": x, "tags": graph.linear("tags", x, model.heads.tags)})


def parts_of(heads, bits):
    graph = Graph(bits)
    distance = graph.add("Gather", graph.constant("distance.w", heads.distance.weight.detach()), "distance")
    x = graph.norm("norm", graph.add("Add", "x", distance), heads.norm)
    x = layer(graph, "layer", x, heads.layer)
    return graph.made({"x": FLOAT, "distance": INT}, {"parts": graph.linear("part", x, heads.part)})


def letters():
    """Letters with accents, each followed by the one without: .NET without ICU can't take a letter apart."""
    found = [chr(code) for code in [*range(0x80, 0x530), *range(0x1E00, 0x2000)] if chr(code).islower()]
    return "".join(c + plain(c) for c in found if plain(c) != c and len(plain(c)) == 1)


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("checkpoint")
    parse.add_argument("out")
    parse.add_argument("--name", required=True)
    parse.add_argument("--bits", type=int, default=8, choices=(8, 32))
    args = parse.parse_args()
    saved = torch.load(args.checkpoint)
    model = build(argparse.Namespace(**saved["args"]))
    model.load_state_dict(saved["model"])
    vocabulary = open(saved["args"]["vocabulary"], encoding="utf8").read()
    parts = base64.b64encode(parts_of(model.heads, args.bits).SerializeToString()).decode("ascii")
    made = body_of(model, args.bits)
    about = {"version": args.name, "vocabulary": vocabulary, "letters": letters(), "parts": parts}
    helper.set_model_props(made, about)
    onnx.save(made, args.out)


if __name__ == "__main__":
    main()
