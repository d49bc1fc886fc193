"""average.py OUT.pt CHECKPOINT.pt=SHARE …   the weights of several epochs of one run as one checkpoint."""

import sys

import torch


def main():
    out, *parts = sys.argv[1:]
    whole = None
    for path, share in (part.rsplit("=", 1) for part in parts):
        saved = torch.load(path)
        weights = {name: float(share) * weight for name, weight in saved["model"].items()}
        if whole:
            weights = {name: whole["model"][name] + weight for name, weight in weights.items()}
        whole = {"model": weights, "args": saved["args"]}
    torch.save(whole, out)


if __name__ == "__main__":
    main()
