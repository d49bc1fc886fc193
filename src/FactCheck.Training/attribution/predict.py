"""predict.py CHECKPOINT DOCUMENTS.jsonl > found.jsonl   what the model finds, each with its probability."""

import argparse
import json
import os
import re
import sys

import torch

import words
from model import BEGIN, INSIDE
from train import build, tensors
from windows import encode, windows

LEAST = 0.1  # of a cue, to be looked at
# What is said ends where a mark or a sentence does, much rather than between two words.
ENDS_MID_PHRASE = 3.0
ABBREVIATIONS = os.path.join(os.path.dirname(__file__), "../../FactCheck.Extraction/Data/text/abbreviations.txt")
SHORTENED = {word for line in open(ABBREVIATIONS, encoding="utf8") if line[0] != "#" for word in line.split()[1:]}
# What may follow what: content and source begin with their first word.
FOLLOWS = torch.zeros(5, 5)
for _before in range(5):
    for _part in (2, 4):
        if _before not in (_part - 1, _part):
            FOLLOWS[_before, _part] = -1e4


def may_end(text, word):
    """A mark with a letter right behind it opens something, or stands inside a word, and the stop of "Mr." ends nothing."""
    mark = text[word.start]
    if mark.isalnum():
        return False
    if mark not in "(\u2013\u2014" and text[word.end : word.end + 1].isalnum():
        return False
    before = re.search(r"[^\W\d_]*$", text[max(0, word.start - 20) : word.start]).group() if mark == "." else ""
    return not (before in SHORTENED or len(before) == 1 and before.isupper())


def best_parts(scores, ends):
    """The likeliest sequence of parts: words x 5 log-probabilities."""
    best, back = scores[0] + torch.tensor([0.0, 0, -1e4, 0, -1e4]), []
    for at, line in enumerate(scores[1:], 1):
        from_each = best[:, None] + FOLLOWS
        if not ends[at] and not ends[at - 1]:
            from_each[1:3, 0] -= ENDS_MID_PHRASE
        value, which = from_each.max(0)
        best = value + line
        back.append(which)
    path = [int(best.argmax())]
    for which in reversed(back):
        path.append(int(which[path[-1]]))
    return path[::-1]


def pieces(path, begin):
    """Runs of a part, as index ranges."""
    start = None
    for at, part in enumerate([*path, 0]):
        if start is not None and part != begin + 1:
            yield range(start, at)
            start = None
        if part == begin:
            start = at


def found_in(heads, vectors, window, text, named):
    """Attributions of one window, in word indices, with what they were made of; `named`: offsets that are cues to others."""
    tags = torch.softmax(heads.tag(vectors), -1)
    cue = tags[:, 0]
    cues = [
        at
        for at, word in enumerate(window.words)
        if word.start in named or (cue[at, BEGIN] >= LEAST and cue[at, BEGIN] >= cue[at, INSIDE])
    ]
    if not cues:
        return
    scores = torch.log_softmax(heads.parts(vectors, torch.tensor(cues)), -1)
    ends = [may_end(text, word) for word in window.words]
    for at, lines in zip(cues, scores):
        path = best_parts(lines, ends)
        content, sources = list(pieces(path, 1)), list(pieces(path, 3))
        if not content:
            continue
        end = at + 1
        while end < len(window.words) and cue[end, INSIDE] > 0.5:
            end += 1
        chances = lines.exp()
        inside = torch.tensor([w for span in content for w in span])
        held = float((chances[inside, 1] + chances[inside, 2]).mean())
        edges = min(float(chances[span.start, 1]) for span in content)
        sure = lambda span: float((chances[list(span), 3] + chances[list(span), 4]).mean())
        source = max(sources, key=sure, default=None)
        yield {
            "cue": range(at, end),
            "content": content,
            "source": source,
            "raw": [round(float(cue[at, BEGIN]), 4), round(held, 4), round(edges, 4), round(sure(source), 4) if source else 0.0],
        }


def spans(window, indices):
    return [window.words[indices.start].start, window.words[indices.stop - 1].end]


def cues_of(path):
    found = {}
    for line in open(path, encoding="utf8"):
        record = json.loads(line)
        found[record["id"]] = {q["cue_span"][0] for q in record["quotes"] if q["cue_span"]}
    return found


@torch.no_grad()
def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("checkpoint")
    parse.add_argument("documents")
    parse.add_argument("--rules", help="what the rules found in them, whose cues are looked at too")
    args = parse.parse_args()
    torch.set_num_threads(1)
    saved = torch.load(args.checkpoint)
    trained = argparse.Namespace(**saved["args"])
    vocabulary = words.Vocabulary(trained.vocabulary)
    model = build(trained)
    model.load_state_dict(saved["model"])
    model.eval()
    named = cues_of(args.rules) if args.rules else {}
    for line in open(args.documents, encoding="utf8"):
        record = json.loads(line)
        text, quotes = record["text"], []
        for window in windows(None, words.words(text, vocabulary), text):
            encode(window, vocabulary)
            with torch.autocast("cpu", torch.bfloat16):
                x = model(*tensors([window]))[0].float()
            for found in found_in(model.heads, x[torch.tensor(window.at)], window, text, named.get(record["id"], ())):
                quotes.append(
                    {
                        "speaker_span": spans(window, found["source"]) if found["source"] else None,
                        "cue_span": spans(window, found["cue"]),
                        "content_spans": [spans(window, c) for c in found["content"]],
                        "raw": found["raw"],
                    }
                )
        print(json.dumps({"id": record["id"], "quotes": quotes}))


if __name__ == "__main__":
    sys.exit(main())
