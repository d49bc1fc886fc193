"""The heads: which words are cues, and what each cue's words and source are."""

import copy

import torch
from torch import nn

from body import WIDTH, Drop

OUT, BEGIN, INSIDE = 0, 1, 2
# Of a word as one cue sees it: nothing, content begins, content, source begins, source.
PART = 5
REACH = 64  # words


class Heads(nn.Module):
    """For tags one linear layer. For parts a layer like the body's own, which reads the words once for each cue: who
    is meant by a word depends on whose cue it is."""

    def __init__(self, like):
        super().__init__()
        self.drop = Drop()
        self.tags = nn.Linear(WIDTH, 9)  # O/B/I of cue, content and source
        self.distance = nn.Embedding(2 * REACH + 1, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layer = copy.deepcopy(like)
        self.part = nn.Linear(WIDTH, PART)
        nn.init.normal_(self.distance.weight, std=0.02)

    def tag(self, x):
        return self.tags(self.drop(x)).view(*x.shape[:-1], 3, 3)

    def parts(self, x, cues):
        """x: words x WIDTH of one window; cues: indices of words. Gives cues x words x PART."""
        where = torch.arange(x.shape[0])
        distance = (where[None, :] - cues[:, None]).clamp(-REACH, REACH) + REACH
        mixed = self.norm(x[None] + self.distance(distance))
        return self.part(self.drop(self.layer(mixed, torch.zeros(()))))


class Model(nn.Module):
    def __init__(self, body, heads, over=None):
        super().__init__()
        self.body, self.heads, self.over = body, heads, over

    def forward(self, ids, features, mask):
        x = self.body(ids, features, mask)
        return self.over(x) if self.over is not None else x
