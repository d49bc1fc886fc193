#!/usr/bin/env python3
"""Makes surface.approved.txt: the lines of Microsoft's signature listings for the types in surface.select.txt.

Usage: copy-surface.py <folder of the listings>

It reads the listings and the selection only, never an assembly of this repository; SurfaceTests compares the assembly with what it writes.
"""
import pathlib
import re
import sys

here = pathlib.Path(__file__).parent


def selection():
    chosen, left_out, used = [], {}, set()
    for line in (here / "surface.select.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("- "):
            left_out[chosen[-1]].append(line[2:].rsplit(":", 1)[0])
        elif line and not line.startswith("#"):
            chosen.append(line)
            left_out[line] = []
    return chosen, left_out, used


def normal(member):
    """A type parameter inside angle brackets: the listings say T? or T by where the compiler noted it, not by what was written."""
    while True:
        changed = re.sub(r"([<,] ?)(T[A-Z]?\w*)\?(?=[,>])", r"\1\2", member)
        if changed == member:
            return member
        member = changed


def main(folder):
    chosen, left_out, used = selection()
    lines = set()
    for listing in sorted(pathlib.Path(folder).glob("*.txt")):
        for line in listing.read_text(encoding="utf-8").splitlines():
            kind, separator, member = line.partition(" :: ")
            if not separator or kind not in left_out:
                continue
            gone = [part for part in left_out[kind] if part in member]
            used.update((kind, part) for part in gone)
            if not gone:
                lines.add(f"{kind} :: {normal(member)}")
    missing = [kind for kind in chosen if not any(line.startswith(kind + " :: ") for line in lines)]
    unused = [f"{kind}: {part}" for kind in chosen for part in left_out[kind] if (kind, part) not in used]
    if missing or unused:
        sys.exit(f"Not in the listings: {missing + unused}")
    (here / "surface.approved.txt").write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    print(f"{len(lines)} lines of {len(chosen)} types")


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
