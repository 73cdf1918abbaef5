"""A theory of change as text that other programs draw: Mermaid and DOT."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from .._arguments import worded
from ..language import gettext as _
from .layout import wrap
from .reading import LEVELS, level_name


def mermaid(nodes: pd.DataFrame, links: pd.DataFrame) -> str:
    """Write the theory as a Mermaid flow chart: levels as groups, dashed arrows where the assumption is missing."""
    names = {node: _mermaid_id(node, at) for at, node in enumerate(nodes["node_id"])}
    lines = ["flowchart TB"]
    for level, steps in _by_level(nodes):
        lines.append(f'  subgraph level_{level}["{_mermaid_text(level_name(level))}"]')
        lines += [f'    {names[node]}["{_mermaid_text(label)}"]' for node, label in steps]
        lines.append("  end")
    for start, end, assumption in zip(links["from"], links["to"], worded("links", links, "assumption"), strict=True):
        lines.append(f"  {names[start]} {'-->' if assumption else '-.->'} {names[end]}")
    return "\n".join(lines) + "\n"


def dot(nodes: pd.DataFrame, links: pd.DataFrame) -> str:
    """Write the theory in Graphviz's language DOT: levels as clusters, why and what must hold as tooltips."""
    lines = [
        "digraph theory_of_change {",
        "  rankdir=TB;",
        '  node [shape=box, fontname="Arial"];',
        '  edge [fontname="Arial"];',
    ]
    for level, steps in _by_level(nodes):
        lines.append(f"  subgraph cluster_{level} {{")
        lines.append(f"    label={_dot_text(level_name(level))};")
        for node, label in steps:
            shown = "\n".join(wrap(label, 160))
            lines.append(f"    {_dot_text(node)} [label={_dot_text(shown)}];")
        lines.append("  }")
    because, assumption = worded("links", links, "because"), worded("links", links, "assumption")
    for start, end, why, holds in zip(links["from"], links["to"], because, assumption, strict=True):
        told = _("because {reason}").format(reason=why) if why else ""
        shown = "\n".join(part for part in (told, holds and _("Assumption: {text}").format(text=holds)) if part)
        style = "solid" if holds else "dashed"
        lines.append(f"  {_dot_text(start)} -> {_dot_text(end)} [style={style}, tooltip={_dot_text(shown)}];")
    return "\n".join([*lines, "}"]) + "\n"


def _by_level(nodes: pd.DataFrame) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    labelled = nodes.assign(_label=worded("nodes", nodes, "label"))
    for level in LEVELS:
        steps = labelled[labelled["level"] == level]
        if len(steps):
            yield level, list(zip(steps["node_id"], steps["_label"], strict=True))


def _mermaid_id(node: str, at: int) -> str:
    # Words such as "end" have a meaning of their own in Mermaid; a capital letter and digits never do.
    return node if re.fullmatch("[A-Z]{1,3}[0-9]{1,4}", node) else f"n{at}"


def _mermaid_text(text: str) -> str:
    codes = {letter: f"#{ord(letter)};" for letter in '#"`<>&%\\'}
    safe = "".join(codes.get(letter, letter) for letter in " ".join(text.split()))
    # Mermaid takes what looks like "style…:x#" for a style, and drops the mark that ends a code after it.
    return re.sub(r":(?=\S)", "#58;", safe)


def _dot_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n") + '"'
