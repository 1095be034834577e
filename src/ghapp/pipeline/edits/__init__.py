"""Edits for rules to offer: each builder gives whole lines and what they mean for the tree, or None when not sure.

None is a normal answer: the place is folded, escaped, tabbed, shared through an anchor, or in a file with CRLF ends.
The finding is then said without an edit. What a builder gives is still only a claim; `ghapp.pipeline.proof` holds it
against the file read again.
"""

from ghapp.pipeline.edits.commands import run_after, run_before
from ghapp.pipeline.edits.items import append_items, insert_after, insert_before, replace_item
from ghapp.pipeline.edits.keys import add_entries, delete_key, set_key
from ghapp.pipeline.edits.lines import apply, join
from ghapp.pipeline.edits.meaning import Added, Meaning, Removed, Replaced
from ghapp.pipeline.edits.values import insert_lines_after, insert_lines_before, replace_in, replace_value

__all__ = [
    "Added",
    "Meaning",
    "Removed",
    "Replaced",
    "add_entries",
    "append_items",
    "apply",
    "delete_key",
    "insert_after",
    "insert_before",
    "insert_lines_after",
    "insert_lines_before",
    "join",
    "replace_in",
    "replace_item",
    "replace_value",
    "run_after",
    "run_before",
    "set_key",
]
