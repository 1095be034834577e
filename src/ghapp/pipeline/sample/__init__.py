"""What a shell expression makes of a sample value, tried out on paper: a rule need not know every way to write it.

`value_of(word, lookup)` evaluates a word. It knows variables (`lookup` gives their values), `${X##*/}` and its kin, and
`$(…)` with pipes of echo, printf, basename, dirname, cut, awk, sed, tr, head, tail and cat. Nothing is executed; of
what it does not know the answer is unknown.
"""

from ghapp.pipeline.sample.words import UNKNOWN, Lookup, Program, printed, value_of

__all__ = ["UNKNOWN", "Lookup", "Program", "printed", "value_of"]
