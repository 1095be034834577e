"""Mermaid's flowcharts as pictures: as much of its language as ghapp writes. GitHub draws them in the browser."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

_NODE = re.compile(r'(\w+)\["(.*)"\]')
_ARROW = re.compile(r"(\w+) --> (\w+)")
_CLASS = re.compile(r"class (\w+) (failing|beside)")
_CODE = re.compile(r"#(\d{1,7});")

WIDTH, HEIGHT = 200, 44  # of a box
ACROSS, DOWN = 60, 16  # between two


@dataclass(slots=True)
class Chart:
    """`nodes`: the lines of each label. `styles`: what marks a node."""

    nodes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    arrows: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    styles: dict[str, str] = field(default_factory=dict[str, str])


def picture(text: str) -> str | None:
    """The chart as SVG; None where the text says something that is not understood here."""
    chart = _read(text)
    return _drawn(chart) if chart is not None else None


def _read(text: str) -> Chart | None:
    first, *lines = text.strip().split("\n")
    chart = Chart()
    if first != "flowchart LR":
        return None
    for line in lines:
        if node := _NODE.fullmatch(line):
            chart.nodes[node[1]] = [_CODE.sub(lambda found: _char(found[1]), each) for each in node[2].split("<br/>")]
        elif (arrow := _ARROW.fullmatch(line)) and {arrow[1], arrow[2]} <= chart.nodes.keys():
            chart.arrows.append((arrow[1], arrow[2]))
        elif (style := _CLASS.fullmatch(line)) and style[1] in chart.nodes:
            chart.styles[style[1]] = style[2]
        elif not line.startswith("classDef "):
            return None
    return chart


def _char(number: str) -> str:
    char = chr(min(int(number), 0x10FFFF))
    return char if char.isprintable() else "\ufffd"


def _drawn(chart: Chart) -> str:
    layers = _layers(chart)
    at = {node: (x * (WIDTH + ACROSS) + 2, y * (HEIGHT + DOWN) + 2) for node, (x, y) in layers.items()}
    width = max((x for x, _ in at.values()), default=0) + WIDTH + 2
    height = max((y for _, y in at.values()), default=0) + HEIGHT + 2
    arrows = "".join(_arrow(at[one], at[other]) for one, other in chart.arrows)
    boxes = "".join(_box(lines, at[node], chart.styles.get(node, "")) for node, lines in chart.nodes.items())
    return (
        f'<svg class="chart" role="img" aria-label="The order of the jobs" viewBox="0 0 {width + 2} {height + 2}" '
        f'width="{width + 2}"><defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        f'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>{arrows}{boxes}</svg>'
    )


def _layers(chart: Chart) -> Mapping[str, tuple[int, int]]:
    """Column and row of each node: a column behind whatever it waits for, as far as there is no circle."""
    column = dict.fromkeys(chart.nodes, 0)
    for _ in chart.nodes:
        before = dict(column)
        for one, other in chart.arrows:
            column[other] = min(max(column[other], column[one] + 1), len(chart.nodes))
        if column == before:
            break
    rows: dict[int, int] = {}
    places: dict[str, tuple[int, int]] = {}
    for node, x in column.items():
        places[node] = (x, rows.setdefault(x, 0))
        rows[x] += 1
    return places


def _arrow(one: tuple[int, int], other: tuple[int, int]) -> str:
    x, y, to_x, to_y = one[0] + WIDTH, one[1] + HEIGHT // 2, other[0], other[1] + HEIGHT // 2
    bend = ACROSS // 2
    return (
        f'<path class="arrow" d="M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}" marker-end="url(#tip)"/>'
    )


def _box(lines: Sequence[str], at: tuple[int, int], style: str) -> str:
    x, y = at
    middle = y + HEIGHT / 2 - (len(lines) - 1) * 8
    texts = "".join(
        f'<text class="{"where" if number else "name"}" x="{x + WIDTH / 2}" y="{middle + number * 16}">'
        f"{escape(line)}</text>"
        for number, line in enumerate(lines)
    )
    return f'<g class="{style}"><rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>{texts}</g>'
