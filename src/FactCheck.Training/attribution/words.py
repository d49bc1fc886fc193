"""Text to words, word pieces and input features. `AttributionText.cs` does the same: change both or neither."""

import re
import unicodedata
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
OPENING, CLOSING = "\u201c\u00ab\u201e", "\u201d\u00bb"
FEATURES = 16  # shape (4) x inside quotation marks (2) x first of a paragraph (2)


@dataclass
class Word:
    start: int
    end: int
    pieces: list
    feature: int
    paragraph: int


class Vocabulary:
    def __init__(self, path):
        with open(path, encoding="utf8") as lines:
            self.ids = {line.rstrip("\n"): i for i, line in enumerate(lines)}
        self.unknown, self.first, self.last = self.ids["[UNK]"], self.ids["[CLS]"], self.ids["[SEP]"]
        self.known = {}

    def pieces(self, word):
        if word not in self.known:
            self.known[word] = self._split(plain(word))
        return self.known[word]

    def _split(self, word):
        """The longest piece first, as BERT does."""
        found, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = self.ids.get(("##" if start else "") + word[start:end])
                if piece is not None:
                    break
            else:
                return [self.unknown]
            found.append(piece)
            start = end
        return found[:12] or [self.unknown]


def plain(word):
    """Lower case without accents: the body knows no others."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")


def shape(word):
    if not word[0].isupper():
        return 3 if word[0].isdigit() else 0
    return 2 if len(word) > 1 and word.isupper() else 1


def words(text, vocabulary):
    """The words of the text, each with its pieces and its feature."""
    found = []
    for number, (begin, end) in enumerate(paragraphs(text)):
        inside, first = False, True
        for match in WORD.finditer(text, begin, end):
            word = match.group()
            inside, quoted = mark(text, match.start(), inside)
            feature = shape(word) + 4 * quoted + 8 * first
            found.append(Word(match.start(), match.end(), vocabulary.pieces(word), feature, number))
            first = False
    return found


def paragraphs(text):
    """Spans between line feeds that hold something."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1


def mark(text, at, inside):
    """Whether what follows is inside double marks, and whether this word is. A paragraph's end closes."""
    character = text[at]
    if character == '"':
        return not inside, True
    if character in OPENING:
        return True, True
    if character in CLOSING:
        return False, True
    return inside, inside
