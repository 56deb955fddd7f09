"""Logistic regression for the training of small models: a few features, some thousand rows, no other program."""

import math
from collections.abc import Mapping, Sequence

ROUNDS = 25  # of Newton's method, which needs about ten
PENALTY = 1.0  # ridge, on standardised features

Features = Mapping[str, float]


def fit(rows: Sequence[Features], labels: Sequence[bool], costs: Sequence[float]) -> dict[str, float]:
    """Weights by name with a `bias`, for features as they are; `costs`: what a wrong answer to each row costs."""
    names = list(rows[0])
    means = {name: sum(row[name] for row in rows) / len(rows) for name in names}
    spreads = {
        name: math.sqrt(sum((row[name] - means[name]) ** 2 for row in rows) / len(rows)) or 1.0 for name in names
    }
    table = [[1.0, *((row[name] - means[name]) / spreads[name] for name in names)] for row in rows]
    bias, *slopes = _newton(table, labels, costs)
    weights = {name: slope / spreads[name] for name, slope in zip(names, slopes, strict=True)}
    return {"bias": bias - sum(weights[name] * means[name] for name in names), **weights}


def score(weights: Features, row: Features) -> float:
    points = weights["bias"] + sum(weight * row[name] for name, weight in weights.items() if name != "bias")
    return 1 / (1 + math.exp(-max(-500.0, points)))


def _newton(table: list[list[float]], labels: Sequence[bool], costs: Sequence[float]) -> list[float]:
    size = len(table[0])
    beta = [0.0] * size
    for _ in range(ROUNDS):
        gradient = [0.0, *(-PENALTY * value for value in beta[1:])]
        curvature = [[PENALTY if i == j and i else 0.0 for j in range(size)] for i in range(size)]
        for row, label, cost in zip(table, labels, costs, strict=True):
            chance = 1 / (1 + math.exp(-max(-500.0, min(500.0, sum(map(float.__mul__, beta, row))))))
            error, weight = cost * (label - chance), cost * chance * (1 - chance)
            for i, value in enumerate(row):
                gradient[i] += error * value
                step = weight * value
                line = curvature[i]
                for j in range(i + 1):
                    line[j] += step * row[j]
        for i in range(size):
            for j in range(i):
                curvature[j][i] = curvature[i][j]
        change = _solve(curvature, gradient)
        beta = [old + new for old, new in zip(beta, change, strict=True)]
        if max(map(abs, change)) < 1e-6:
            break
    return beta


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss: the matrix is positive definite, so no rows need to be exchanged."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for pivot, line in enumerate(rows):
        for row in rows[pivot + 1 :]:
            factor = row[pivot] / line[pivot]
            for column in range(pivot, len(row)):
                row[column] -= factor * line[column]
    found = [0.0] * len(rows)
    for i in reversed(range(len(rows))):
        found[i] = (rows[i][-1] - sum(rows[i][j] * found[j] for j in range(i + 1, len(rows)))) / rows[i][i]
    return found
