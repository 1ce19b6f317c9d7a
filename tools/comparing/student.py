"""Student's t: intervals of means, for logarithms of times and of their ratios."""

from math import atan, cos, exp, floor, pi, sin, sqrt
from statistics import fmean, variance

CONFIDENCE = 0.99


def central(t, freedom):
    """P(|T| < t) for whole degrees of freedom: Abramowitz and Stegun, 26.7.3 and 26.7.4."""
    angle = atan(t / sqrt(freedom))
    square = cos(angle) ** 2
    if freedom % 2 == 0:
        term = total = 1.0
        for k in range(2, freedom, 2):
            term *= square * (k - 1) / k
            total += term
        return sin(angle) * total
    if freedom == 1:
        return 2 * angle / pi
    term = total = cos(angle)
    for k in range(3, freedom, 2):
        term *= square * (k - 1) / k
        total += term
    return 2 / pi * (angle + sin(angle) * total)


def quantile(confidence, freedom):
    """The t with P(|T| < t) = confidence."""
    low, high = 0.0, 1.0
    while central(high, freedom) < confidence:
        high *= 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if central(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return high


def interval(logs, confidence=CONFIDENCE):
    """(low, middle, high) of what the logarithms' mean stands for, of two or more of them."""
    half = quantile(confidence, len(logs) - 1) * sqrt(variance(logs) / len(logs))
    return exp(fmean(logs) - half), exp(fmean(logs)), exp(fmean(logs) + half)


def ratio_interval(mine, other, confidence=CONFIDENCE):
    """The same of a ratio of two unpaired sets, with Welch's degrees of freedom rounded down."""
    a, b = variance(mine) / len(mine), variance(other) / len(other)
    difference = fmean(mine) - fmean(other)
    if a + b == 0:
        return (exp(difference),) * 3
    freedom = (a + b) ** 2 / (a**2 / (len(mine) - 1) + b**2 / (len(other) - 1))
    half = quantile(confidence, max(1, floor(freedom))) * sqrt(a + b)
    return exp(difference - half), exp(difference), exp(difference + half)
