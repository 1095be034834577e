"""How the collector of garbage is told to treat trees of thousands of nodes."""

from __future__ import annotations

import atexit
import gc

OBJECTS = 200_000
"""After how many new objects Python looks for garbage; its default of 700 costs a third of an analysis' time."""

AT_ONCE = 4_000_000
"""The same for a process that ends behind its analysis: some 700 MB. A repository with fifty CI files makes 100,000."""


def spare_garbage(objects: int = OBJECTS) -> None:
    """For a process that analyses files: what is loaded by now stays, and the rest is looked through seldom."""
    gc.freeze()
    gc.set_threshold(objects, 20, 20)


def leave_garbage() -> None:
    """For a process that ends behind its analysis and has no time to lose. Python would look through everything once
    more at the end, which takes a tenth of the analysis' time, to free what ends with the process."""
    spare_garbage(AT_ONCE)
    atexit.register(gc.freeze)
