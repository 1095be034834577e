"""Where names come from: the jobs, commands, executors and orbs that a config or an inline orb defines."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ghapp.pipeline.model import Uses
from ghapp.pipeline.yaml import Document, Node


@dataclass(frozen=True, slots=True)
class Definition:
    """A job, command or executor: its name, its body, and the library whose names the body uses."""

    key: Node
    node: Node
    library: Library


class Library:
    """A config, or an inline orb inside one. Names that an inline orb does not define are looked up around it."""

    def __init__(self, node: Node, document: Document, around: Library | None = None) -> None:
        self.node = node
        self.document = document
        self.around = around
        self._sections: dict[str, dict[str, Definition]] = {}
        self._orbs: dict[str, Library | Uses | None] = {}

    def section(self, name: str) -> dict[str, Definition]:
        """What stands under `jobs`, `commands`, `executors`, `orbs` or `job-groups`, by name."""
        if name not in self._sections:
            node = self.node.get(name)
            entries = node.entries(merge=True) if node is not None else ()
            self._sections[name] = {key.deref().value: Definition(key, value, self) for key, value in entries}
        return self._sections[name]

    def find(self, section: str, name: str) -> Definition | Uses | None:
        """What `name` or `orb/name` means here: a definition, an element of a registry orb, or nothing known."""
        orb, slash, element = name.rpartition("/")
        found = self._in_orb(section, orb, element) if slash else self.section(section).get(name)
        if found is None and self.around is not None:
            return self.around.find(section, name)
        return found

    def _in_orb(self, section: str, orb: str, element: str) -> Definition | Uses | None:
        if orb not in self._orbs:
            declared = self.section("orbs").get(orb)
            self._orbs[orb] = None if declared is None else self._imported(declared)
        imported = self._orbs[orb]
        if isinstance(imported, Library):
            return imported.section(section).get(element)
        return None if imported is None else replace(imported, element=element)

    def _imported(self, orb: Definition) -> Library | Uses | None:
        if orb.node.kind == "map":
            return Library(orb.node, self.document, self)
        name, _, ref = (orb.node.text or "").strip().rpartition("@")
        comment = self.document.comment_on(orb.node.place.end_line)
        return Uses(name or ref, ref if name else "", orb.node, comment=comment) if name or ref else None
