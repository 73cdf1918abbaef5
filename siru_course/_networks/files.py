"""Networks as files for other programs: what is behind ``networks.to_graphml`` and ``networks.to_kumu_csv``."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .._arguments import short
from ..language import gettext as _
from .graphs import is_missing, undirected

if TYPE_CHECKING:
    import networkx as nx

# What XML 1.0 has no way to write, such as a control character copied from a form.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_graphml(graph: nx.Graph, path: str | os.PathLike[str]) -> Path:
    """Write a network as GraphML, which Gephi, yEd, Cytoscape and networkx read.

    Parameters
    ----------
    graph
        Any undirected network. Ids, attributes and weights are kept; a node attribute ``label`` is what Gephi shows.
    path
        The file, in a folder that exists. A file of that name is replaced, never left half-written.

    Returns
    -------
    pathlib.Path
        Where it is.

    Raises
    ------
    ValueError
        If the folder does not exist, or two nodes are written alike, such as 1 and "1".

    Notes
    -----
    Numbers stay numbers and True and False stay as they are; everything else becomes text, and what is missing is
    left out. An attribute that is text for one node is text for all.

    Examples
    --------
    >>> import networkx as nx
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = to_graphml(nx.Graph([("Åsa", "Bo", {"weight": 2})]), f"{folder}/network.graphml")
    ...     nx.read_graphml(path).edges["Åsa", "Bo"]
    {'weight': 2}
    """
    import networkx as nx

    undirected("graph", graph)
    path = _place("path", path)
    names = _names(graph)
    # What reading GraphML leaves behind, and writing takes for defaults of its own.
    info = {key: value for key, value in graph.graph.items() if key not in ("node_default", "edge_default")}
    plain = nx.Graph(**_plain([info])[0])
    nodes = _plain([data for _node, data in graph.nodes(data=True)])
    plain.add_nodes_from(zip(names.values(), nodes, strict=True))
    ties = _plain([data for *_ends, data in graph.edges(data=True)])
    plain.add_edges_from((names[a], names[b], data) for (a, b), data in zip(graph.edges, ties, strict=True))
    content = io.BytesIO()
    nx.write_graphml_xml(plain, content, encoding="utf-8", prettyprint=True)
    _replace({path: content.getvalue()})
    return path


def to_kumu_csv(graph: nx.Graph, folder: str | os.PathLike[str], kind: str | None = None) -> tuple[Path, Path]:
    """Write a network as the two CSV files that Kumu imports: elements and connections.

    Parameters
    ----------
    graph
        Any undirected network. Ids, attributes and weights are kept.
    folder
        A folder that exists; the files in it are called ``elements.csv`` and ``connections.csv``. Files of those
        names are replaced, never left half-written.
    kind
        The node attribute that becomes Kumu's ``Type``, such as ``"sector"``, which Kumu can colour by. If left
        out, ``Type`` says which column of the attendance the node comes from.

    Returns
    -------
    tuple of pathlib.Path
        Where the elements and the connections are. Import the elements first.

    Raises
    ------
    ValueError
        If the folder does not exist, two nodes are written alike, or an id has a ``|`` in it, which parts values
        in Kumu.
    KeyError
        If no node has the attribute `kind`.

    Notes
    -----
    Elements have the columns ``Label, Type`` and the attributes; connections ``From, To, Type`` and the attributes
    of the ties. When nodes have an attribute ``label``, elements begin with ``ID, Label, Type``, and ``From`` and
    ``To`` hold ids, so that two with the same name stay two. That is what Kumu documents [1]_. Kumu is a service
    on the internet: do not upload names of persons without their consent.

    References
    ----------
    .. [1] Kumu. Structure your data for Kumu. https://docs.kumu.io/guides/import/import

    Examples
    --------
    >>> import networkx as nx
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     elements, connections = to_kumu_csv(nx.Graph([("Åsa", "Bo", {"weight": 2})]), folder)
    ...     print(connections.read_text(encoding="utf-8"), end="")
    From,To,Type,weight
    Åsa,Bo,,2
    """
    undirected("graph", graph)
    where = Path(os.path.abspath(folder))
    if not where.is_dir():
        raise ValueError(_("folder is {value}; give a folder that exists.").format(value=repr(os.fspath(folder))))
    if kind is not None and not any(kind in data for _node, data in graph.nodes(data=True)):
        raise KeyError(_("No node has the attribute {attribute}.").format(attribute=short(kind)))
    names = _names(graph)
    for name in names.values():
        if "|" in name:
            raise ValueError(_("The id {node} has a | in it, which parts values in Kumu; rename it.").format(node=name))

    info = graph.graph
    modes: dict[Any, Any] = {0: info.get("person"), 1: info.get("event")}
    used = ["label", "bipartite", *([kind] if kind is not None else [])]
    nodes = _plain([data for _node, data in graph.nodes(data=True)])
    elements = pd.DataFrame({"ID": list(names.values())})
    elements["Label"] = [data.get("label", name) for data, name in zip(nodes, names.values(), strict=True)]
    elements["Type"] = [
        data.get(kind) if kind is not None else modes.get(data.get("bipartite"), info.get("on")) for data in nodes
    ]
    elements = elements.join(_columns(nodes, used, elements.columns))
    if not any("label" in data for data in nodes):
        elements = elements.drop(columns="ID")

    ties = _plain([data for *_ends, data in graph.edges(data=True)])
    ends = [(names[one], names[other]) for one, other in graph.edges]
    connections = pd.DataFrame(ends, columns=["From", "To"])
    connections["Type"] = [data.get("type", info.get("through")) for data in ties]
    connections = connections.join(_columns(ties, ["type"], connections.columns))
    paths = where / "elements.csv", where / "connections.csv"
    tables = (elements, connections)
    _replace(
        {
            path: table.to_csv(index=False, lineterminator="\n").encode()
            for path, table in zip(paths, tables, strict=True)
        }
    )
    return paths


def _place(name: str, path: str | os.PathLike[str]) -> Path:
    where = Path(os.path.abspath(path))
    if not where.parent.is_dir() or where.is_dir():
        message = _("{name} is {value}; give the name of a file in a folder that exists.")
        raise ValueError(message.format(name=name, value=repr(os.fspath(path))))
    return where


def _names(graph: nx.Graph) -> dict[Any, str]:
    """Write each node's id as text; no two may be written alike."""
    names = {node: _text(node) for node in graph}
    if len(set(names.values())) < len(names):
        written = list(names.values())
        twice = next(name for name in written if written.count(name) > 1)
        raise ValueError(_("Two nodes are both written {node}; rename one.").format(node=repr(twice)))
    return names


def _plain(rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Write attributes as text, numbers, and True or False; what is missing is left out."""
    made = []
    for row in rows:
        row = {_text(key): value.item() if isinstance(value, np.generic) else value for key, value in row.items()}
        made.append({key: value for key, value in row.items() if not is_missing(value)})
    kinds: dict[str, set[type]] = {}
    for row in made:
        for key, value in row.items():
            kinds.setdefault(key, set()).add(type(value))
    as_they_are = {key for key, found in kinds.items() if found == {bool} or found <= {int, float}}
    return [{key: value if key in as_they_are else _text(value) for key, value in row.items()} for row in made]


def _text(value: Any) -> str:
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))


def _columns(rows: list[dict[str, Any]], used: list[str], taken: pd.Index[Any]) -> pd.DataFrame:
    """Give the attributes as columns; one that is called as Kumu's own columns are gets an underscore."""
    names = dict.fromkeys(key for row in rows for key in row if key not in used)
    reserved = {str(name).lower() for name in taken} | {"id", "label", "type"}
    return pd.DataFrame(
        {f"{name}_" if name.lower() in reserved else name: [row.get(name) for row in rows] for name in names},
        index=range(len(rows)),
        dtype=object,
    )


def _replace(contents: dict[Path, bytes]) -> None:
    """Write files anew, through to the disk; if that is interrupted, the old ones are still there."""
    parts = {path: path.with_name(path.name + ".part") for path in contents}
    try:
        for path, content in contents.items():
            with parts[path].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, part in parts.items():
            os.replace(part, path)
    except BaseException:
        for part in parts.values():
            part.unlink(missing_ok=True)
        raise
