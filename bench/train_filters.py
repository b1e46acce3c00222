"""`python -m bench.train_filters`: train the advert classifier of the filters, and write it to config/lexicons/adverts.model.

No message that anybody collected is read. Sentences are drawn from two grammars written for this by hand, bench/training/adverts.txt and talk.txt
(`bench.grammar`); adverts are disguised and talk is roughened at random (`bench.disguises`). The common words of jieba's dictionary,
by how common they are, stand for whatever else people talk about. The same seed writes the same file.
"""

import argparse
import random
import sys
from pathlib import Path

import jieba
import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from bench.disguises import disguised, roughened
from bench.grammar import Grammar, distinct
from bench.servers import ROOT
from intents.adverts import grams
from intents.disguise import Reading, spelled

SENTENCES = 60_000
"""Adverts; of talk there are half as many again, for it is more varied."""

STRENGTH = 1.0
"""The inverse of the penalty on squared weights."""

LEAST = 0.1
"""Weights below this are left out: two thirds of the grams, and nothing of the figures."""

MODEL = ROOT / "config" / "lexicons" / "adverts.model"
TRAINING = ROOT / "bench" / "training"


def main() -> int:
    """Train and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.train_filters", description=__doc__)
    parser.add_argument("--sentences", type=int, default=SENTENCES, help=f"adverts to train on (default: {SENTENCES})")
    parser.add_argument("--seed", type=int, default=20261123, help="of the chance that draws them (default: 20261123)")
    parser.add_argument("--out", type=Path, default=MODEL, help="where to (default: config/lexicons/adverts.model)")
    args = parser.parse_args()
    adverts, talk = sentences(args.sentences, random.Random(args.seed))
    bias, weights = trained(adverts, talk)
    args.out.write_text(written(bias, weights, args.sentences, args.seed), encoding="utf-8")
    print(f"{len(adverts)} adverts, {len(talk)} sentences of talk, {len(weights)} grams: {args.out}")
    return 0


def sentences(count: int, chance: random.Random) -> tuple[list[str], list[str]]:
    """Made adverts, disguised, and made talk."""
    common = common_words()
    adverts, talk = (Grammar((TRAINING / name).read_text(encoding="utf-8"), common) for name in ("adverts.txt", "talk.txt"))
    return (
        [disguised(one, chance) for one in distinct(adverts, count, chance)],
        [roughened(one, chance) for one in distinct(talk, count * 3 // 2, chance)],
    )


def common_words() -> list[tuple[str, float]]:
    """Chinese words of up to four characters with how often to draw them: common ones more, but not as much as they are commoner."""
    found = []
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split()
        if len(word) <= 4 and int(count) >= 20 and all("\u4e00" <= char <= "\u9fa5" for char in word):
            found.append((word, float(count) ** 0.6))
    return found


def trained(adverts: list[str], talk: list[str]) -> tuple[float, dict[str, float]]:
    """Bias and weights of the grams worth keeping."""
    counter = CountVectorizer(analyzer=lambda text: grams(Reading(text)), binary=True, min_df=4)
    table = counter.fit_transform([*adverts, *talk])
    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=1).fit(table, np.repeat([1, 0], [len(adverts), len(talk)]))
    weights = dict(zip(counter.get_feature_names_out(), model.coef_[0].tolist(), strict=True))
    return float(model.intercept_[0]), {gram: weight for gram, weight in weights.items() if abs(weight) >= LEAST}


def written(bias: float, weights: dict[str, float], count: int, seed: int) -> str:
    """The file that `intents.adverts.Model.parse` reads."""
    head = [
        "# Weights of the advert classifier (intents/adverts.py), in hundredths, of grams as docs/filters.md explains them.",
        f"# Written by `python -m bench.train_filters --sentences {count} --seed {seed}` from made sentences; do not edit.",
        f"bias\t{round(bias * 100)}",
    ]
    lines = sorted(f"{spelled(gram)}\t{round(weight * 100)}" for gram, weight in weights.items() if not set(gram) & set("\t\n\r{}"))
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
