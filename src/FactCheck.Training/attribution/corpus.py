"""What the attribution model learns from: documents of text and attributions, as lines of gold."""

import json
import zlib
from dataclasses import dataclass, field


@dataclass
class Attribution:
    content: list = field(default_factory=list)
    cue: list = field(default_factory=list)
    source: list = field(default_factory=list)


@dataclass
class Document:
    name: str
    text: str
    attributions: list
    kind: str


def read(path, kind):
    """Documents in the shape of seeds/gold/quotes.jsonl."""
    with open(path, encoding="utf8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Document(record["id"], record["text"], list(_quotes(record["quotes"], record["text"])), kind)


def _quotes(quotes, text):
    for quote in quotes:
        cue, source = _spans(quote, "cue"), _spans(quote, "speaker")
        if cue and text[slice(*cue[0])] == "Image":
            continue  # a photograph's credit, which GUM counts
        yield Attribution(sorted(map(tuple, quote["content_spans"])), cue, source)
        yield from _quotes(quote.get("nested", []), text)


def _spans(quote, part):
    """Some files name every span of a part, some the main one."""
    found = quote.get(part + "_spans") or [quote.get(part + "_span")]
    return sorted(tuple(span) for span in found if span)


def is_held(document):
    """Every tenth item, by its words: not learned from while a model is chosen."""
    return zlib.crc32(document.text.encode("utf8")) % 10 == 9
