"""Pictures of the order in which jobs run, with those marked that a finding is about. Drawn by Mermaid, on GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ghapp.pipeline.graph import Graph
from ghapp.pipeline.ignores import Ways
from ghapp.pipeline.model import Job, Pipeline
from ghapp.pipeline.rule import Confidence, Diagnostic
from ghapp.report.markdown import code, one_line
from ghapp.report.words import counted

MOST_PICTURES = 3
MOST_JOBS = 40
MOST_ARROWS = 200
"""Mermaid draws 500 at most, and nobody can follow as many."""
LABEL_CHARACTERS = 40
LEGEND = "red is what a finding is about, dashed what it is held against."
STYLES = (
    "classDef failing fill:#ffebe9,stroke:#cf222e,stroke-width:3px,color:#82071e",
    "classDef beside fill:#fff8c5,stroke:#9a6700,stroke-dasharray:4,color:#633c01",
)
_PLAIN = frozenset("_-./,()")  # no blank: `1. x` and `- x` would be lists


@dataclass(slots=True)
class Marks:
    """The jobs that findings are about, each with where it stands, and those that the evidence is about."""

    failing: dict[Job, str] = field(default_factory=dict[Job, str])
    beside: dict[Job, None] = field(default_factory=dict[Job, None])


def pictures(new: Iterable[Diagnostic], pipelines: Iterable[Pipeline]) -> tuple[str, ...]:
    """Markdown: one picture for every workflow of the pipelines in which a new finding is about the order of jobs."""
    ordered = [each for each in new if each.rule.shows_order and each.finding.confidence is not Confidence.LOW]
    found = (
        _picture(pipeline, workflow, marks)
        for pipeline in pipelines
        for workflow, marks in _marked(pipeline, ordered).items()
    )
    return tuple(picture for picture, _ in zip(found, range(MOST_PICTURES), strict=False))


def _marked(pipeline: Pipeline, ordered: Sequence[Diagnostic]) -> dict[str, Marks]:
    """By workflow (GitHub Actions has one in a file, without a name): the jobs that the findings are about."""
    mine = [each for each in ordered if each.path == pipeline.path or each.path in pipeline.called]
    if not mine or len(pipeline.jobs) < 2:
        return {}
    ways = Ways(pipeline)
    found: dict[str, Marks] = {}
    for each in mine:
        where = f"{each.path.rpartition('/')[2]}:{each.place.line}"
        for job in ways.jobs(each.place):
            found.setdefault(job.workflow, Marks()).failing.setdefault(job, where)
        for job in (job for evidence in each.finding.evidence for job in ways.jobs(evidence.place)):
            found.setdefault(job.workflow, Marks()).beside[job] = None
    return found


def _picture(pipeline: Pipeline, workflow: str, marks: Marks) -> str:
    graph = Graph(pipeline)
    jobs = [job for job in graph.jobs if job.workflow == workflow]
    drawn = _drawn(graph, jobs, marks)
    names = {job: f"j{at}" for at, job in enumerate(drawn)}
    said = ["flowchart LR", *(_node(job, name, marks.failing) for job, name in names.items())]
    said += [arrow for arrow, _ in zip(_arrows(graph, names), range(MOST_ARROWS), strict=False)]
    said += STYLES
    for job, name in names.items():
        if job in marks.failing or job in marks.beside:
            said.append(f"class {name} {'failing' if job in marks.failing else 'beside'}")
    where = code(pipeline.path) + (f", workflow {code(workflow)}" if workflow else "")
    left = len(jobs) - len(drawn)
    note = f"\n\n{counted(left, 'more job')} would not fit here." if left else ""
    return f"The order of the jobs in {where}: {LEGEND}\n\n```mermaid\n{chr(10).join(said)}\n```{note}"


def _drawn(graph: Graph, jobs: Sequence[Job], marks: Marks) -> list[Job]:
    """The jobs in file order; where there are too many, the marked ones and those next to them."""
    if len(jobs) <= MOST_JOBS:
        return list(jobs)
    chosen = dict.fromkeys([*marks.failing, *marks.beside][:MOST_JOBS])
    for job in list(chosen):
        near = [other for other, _ in (*graph.needs(job), *graph.dependants(job))]
        chosen.update(dict.fromkeys(near[: max(0, MOST_JOBS - len(chosen))]))
    return [job for job in jobs if job in chosen]


def _arrows(graph: Graph, names: dict[Job, str]) -> Iterator[str]:
    for job, name in names.items():
        for other in dict.fromkeys(other for other, _ in graph.needs(job)):
            if other in names:
                yield f"{names[other]} --> {name}"


def _node(job: Job, name: str, places: Mapping[Job, str]) -> str:
    where = f"<br/>{_label(places[job])}" if job in places else ""
    return f'{name}["{_label(job.id)}{where}"]'


def _label(text: str) -> str:
    """Text for a quoted label: all but letters, digits and a few harmless signs as entity codes of Mermaid's own
    (`#60;`), so that nothing ends the label or the fence, or is taken for HTML, Markdown or TeX."""
    text = one_line(text)
    text = text if len(text) <= LABEL_CHARACTERS else f"{text[: LABEL_CHARACTERS - 1]}…"
    return "".join(char if char.isalnum() or char in _PLAIN else f"#{ord(char)};" for char in text)
