"""Errors that the user is told in one line."""


class Fault(Exception):
    """Bad usage, bad input, or a run that did not come to its end; exit code 2."""
