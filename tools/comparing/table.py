"""Tables for the terminal."""


def table(rows):
    """Lines of columns; the first row is the head. None is an empty cell."""
    rows = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip() for row in rows]
    return "\n".join(lines)


def milliseconds(seconds):
    return f"{1000 * seconds:.3f} ms"


def ratio(low, middle, high):
    return f"{middle:.3f} [{low:.3f}, {high:.3f}]"
