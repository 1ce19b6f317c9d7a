"""What the scripts beside have in common, and what they hold figures to; needs no package."""

# The greatest error of a stored value, as a share of its block's greatest magnitude: what rounding
# to the type may cost by llama.cpp's rule. Of float16 half a unit of its 11 bits; of blocks half a
# step, and a whole one where 4 bits cut off at 7 of 8 steps; their scale is rounded to float16.
LIMITS = {
    "F32": 1e-6,
    "F16": 5e-4,
    "Q8_0": 1 / 254 + 5e-4,
    "Q4_0": 1 / 8 + 5e-4,
}


def pairs(arguments):
    """Arguments by twos; None if there are none, or an odd number."""
    if not arguments or len(arguments) % 2:
        return None
    return list(zip(arguments[::2], arguments[1::2]))


def fault(tensor, kind, error):
    """Why a tensor's values are not those expected; None if they are within its type's limit."""
    if kind not in LIMITS:
        return f"{tensor}: found {kind}, expected one of {', '.join(LIMITS)}"
    # Turned round, it would let NaN pass.
    if error <= LIMITS[kind]:
        return None
    return f"{tensor}: an error of {error:.2e}, expected {LIMITS[kind]:.2e} at most in {kind}"
