"""Documents to windows: runs of whole paragraphs (sentences where one is too long) that the body reads at once."""

from dataclasses import dataclass, field

LONGEST = 254  # pieces of one paragraph, without the first and last mark of the body
PACKED = 128  # pieces of several


@dataclass
class Window:
    document: object
    words: list
    ids: list = field(default_factory=list)
    features: list = field(default_factory=list)
    at: list = field(default_factory=list)  # index of the first piece of each word
    labels: list = field(default_factory=list)  # attributions as lists of word indices
    vectors: object = None  # of its words, where the body doesn't learn

    @property
    def length(self):
        return len(self.ids)


def windows(document, found, text, most=PACKED):
    """The windows of a document's words."""
    window, size = [], 0
    for block in blocks(found, text, LONGEST):
        weight = sum(len(w.pieces) for w in block)
        if window and size + weight > most:
            yield Window(document, window)
            window, size = [], 0
        window = window + block
        size += weight
    if window:
        yield Window(document, window)


def blocks(found, text, longest):
    """Paragraphs; one that is too long is cut behind full stops, then anywhere."""
    at = 0
    while at < len(found):
        end, size, stop = at, 0, None
        while end < len(found) and found[end].paragraph == found[at].paragraph:
            size += len(found[end].pieces)
            if size > longest:
                break
            end += 1
            if text[found[end - 1].start] in ".!?" and end < len(found) and text[found[end].start].isupper():
                stop = end
        else:
            stop = end
        yield found[at : stop or end]
        at = stop or end


def encode(window, vocabulary):
    window.ids, window.features, window.at = [vocabulary.first], [0], []
    for word in window.words:
        window.at.append(len(window.ids))
        window.ids += word.pieces
        window.features += [word.feature] * len(word.pieces)
    window.ids.append(vocabulary.last)
    window.features.append(0)
    return window


def joined(run):
    """Several windows as one."""
    if len(run) == 1:
        return run[0]
    whole = Window(run[0].document, [], run[0].ids[:1], run[0].features[:1])
    for window in run:
        words, pieces = len(whole.at), len(whole.ids) - 1
        shifted = lambda spans: [range(r.start + words, r.stop + words) for r in spans]
        whole.words = whole.words + window.words
        whole.at += [at + pieces for at in window.at]
        whole.ids += window.ids[1:-1]
        whole.features += window.features[1:-1]
        whole.labels += [tuple(map(shifted, parts)) for parts in window.labels]
    whole.ids.append(run[0].ids[-1])
    whole.features.append(0)
    return whole


def label(window, attributions):
    """Which words of the window each attribution's parts hold; none of whose cue lies elsewhere."""
    starts = [w.start for w in window.words]
    for part in attributions:
        cue, content, source = (
            [indices for span in spans if (indices := _indices(window, starts, span))]
            for spans in (part.cue, part.content, part.source)
        )
        if content or cue or source:
            window.labels.append((cue, content, source))
    return window


def _indices(window, starts, span):
    from bisect import bisect_left

    low = bisect_left(starts, span[0])
    if low and window.words[low - 1].end > span[0]:
        low -= 1
    return range(low, bisect_left(starts, span[1]))
