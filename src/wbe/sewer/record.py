"""A search on disk: saved to be opened again to the last bit, and a printable sheet for the crew.

Refuses files that it did not write. Neither names a node that serves too few people: the saved search keeps such nodes
as numbers, without name and place.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wbe.errors import Fault, InputError
from wbe.exchange import neutralise
from wbe.exchange.store import whole
from wbe.messages import LANGUAGES, Note, Words, render
from wbe.sewer.observations import Observed
from wbe.sewer.planning import Costs
from wbe.sewer.words import of_network

if TYPE_CHECKING:
    import pandas as pd

    from wbe.sewer.search import Search

__all__ = ["load_search", "save", "write_report"]

FORM = "wbe-search-1"
_ARRAYS = ("own", "up", "down", "hours", "share", "length", "xy", "flow")
_PLAIN = ("drug", "minimum", "limit", "kind", "rate", "misses", "background")
_SEEN = ("node", "state", "log_load", "variance")
_STYLE = (
    "body{font:14px/1.5 'Noto Sans CJK SC','Noto Sans SC',sans-serif;max-width:60em;margin:2em auto;padding:0 1em;"
    "color:#222}table{border-collapse:collapse;width:100%;margin:.5em 0 1.5em}th,td{border-bottom:1px solid #bbb;"
    "padding:.3em .5em;text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    ".made{color:#D55E00}h2{margin-top:1.5em;break-after:avoid}tr{break-inside:avoid}@media print{body{margin:0}}"
)


def save(search: Search, path: Path) -> Path:
    """Write a search as JSON; the file appears whole or not at all."""
    network = search.network
    seen = search.seen
    hidden = network.served < search.minimum
    names = [f"·{i}" if few else name for i, (name, few) in enumerate(zip(network.nodes, hidden, strict=True))]
    xy = None if network.xy is None else np.where(hidden[:, None], np.nan, network.xy)
    told = {
        "form": FORM,
        **{name: getattr(search, name) for name in _PLAIN},
        "prior": _list(search.prior),
        "costs": _list(search.costs.each),
        "by_distance": search.costs.by_distance,
        "network": {
            "names": names,
            **{n: _list(xy if n == "xy" else getattr(network, n)) for n in _ARRAYS},
            "notes": [_note(n) for n in of_network(search)],
        },
        "seen": None if seen is None else {
            **{n: _list(getattr(seen, n)) for n in _SEEN},
            "site": list(seen.site),
            "synthetic": seen.synthetic,
            "notes": [_note(n) for n in seen.notes],
        },
    }  # fmt: skip
    with whole(path) as part:
        part.write_text(json.dumps(told, ensure_ascii=False, allow_nan=True), encoding="utf-8")
    return path


def _list(values: np.ndarray | None) -> Any:
    return None if values is None else values.tolist()


def _note(note: Note) -> dict[str, Any]:
    return {"code": note.code, "values": {k: list(v) if isinstance(v, tuple) else v for k, v in note.values.items()}}


def load_search(path: str | Path) -> Search:
    """Open a search that :meth:`wbe.sewer.search.Search.save` wrote.

    Raises
    ------
    InputError
        No such file, or not one of ours.

    Examples
    --------
    >>> load_search("nowhere.json")
    Traceback (most recent call last):
    ...
    wbe.errors.InputError: file nowhere.json: got no saved search (FileNotFoundError); needed a file that Search.save \
wrote. Check the path.
    """
    from wbe.sewer.network import Network
    from wbe.sewer.search import Search

    path = Path(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["form"] != FORM:
            raise ValueError(str(told["form"])[:40])
        net = told["network"]
        kinds = {"up": int, "down": int}
        arrays: dict[str, Any] = {
            n: None if net[n] is None else np.array(net[n], dtype=kinds.get(n, float)) for n in _ARRAYS
        }
        network = Network(np.array(net["names"], dtype=object), **arrays, notes=_notes(net["notes"]))
        costs = Costs(np.array(told["costs"], dtype=float), bool(told["by_distance"]))
        search = Search(
            network=network, prior=np.array(told["prior"], dtype=float), costs=costs, seen=_seen(told["seen"]),
            **{name: told[name] for name in _PLAIN},
        )  # fmt: skip
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
        raise InputError([Fault("sewer-saved-search", file=path.name, said=type(err).__name__)]) from err
    return search


def _notes(told: list[dict[str, Any]]) -> tuple[Note, ...]:
    return tuple(
        Note(n["code"], **{k: tuple(v) if isinstance(v, list) else v for k, v in n["values"].items()}) for n in told
    )


def _seen(told: dict[str, Any] | None) -> Observed | None:
    if told is None:
        return None
    return Observed(
        np.array(told["node"], dtype=int), np.array(told["state"], dtype=int), np.array(told["log_load"], dtype=float),
        np.array(told["variance"], dtype=float), tuple(told["site"]), _notes(told["notes"]),
        bool(told["synthetic"]),
    )  # fmt: skip


def write_report(search: Search, out: Path, k: int, language: str) -> list[Path]:
    """Write ``search.html``, ``plan.geojson`` and ``posterior.csv``.

    Raises
    ------
    UnknownName
        The language is not spoken.
    """
    chosen = [one for one in language.split("+") if one in LANGUAGES]
    if not chosen:
        from wbe.errors import one_of

        one_of(language, ["zh", "en", "zh+en"], Words("language", "语言"))
    out.mkdir(parents=True, exist_ok=True)
    plan, posterior = search.plan(k), search.posterior()
    pages = "\n".join(_section(search, plan, posterior, one) for one in chosen)
    head = html.escape(render("sewer-report-title", {"drug": search.drug}, chosen[0]))
    page = (
        f'<!doctype html>\n<html lang="{"zh-CN" if chosen[0] == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{head}</title><style>{_STYLE}</style></head><body>\n{pages}\n</body></html>\n"
    )
    table = posterior.map(neutralise)
    texts = {
        "search.html": page,
        "plan.geojson": json.dumps(_map(search, plan), ensure_ascii=False, indent=1) + "\n",
        "posterior.csv": table.to_csv(index=False, lineterminator="\n"),
    }
    written = []
    for name, text in texts.items():
        with whole(out / name) as part:
            part.write_text(text, encoding="utf-8")
        written.append(out / name)
    return written


def _map(search: Search, plan: pd.DataFrame) -> dict[str, Any]:
    xy, index = search.network.xy, search.network.index
    features = []
    for order, row in enumerate(plan.to_dict("records"), start=1):
        at = None if xy is None or np.isnan(xy[index[row["node"]]]).any() else xy[index[row["node"]]].tolist()
        shape = None if at is None else {"type": "Point", "coordinates": at}
        features.append({"type": "Feature", "geometry": shape, "properties": {"visit": order, **row}})
    return {"type": "FeatureCollection", "features": features}


def _section(search: Search, plan: pd.DataFrame, posterior: pd.DataFrame, language: str) -> str:
    def say(code: str, **values: Any) -> str:
        return html.escape(render(f"sewer-report-{code}", values, language))

    told = "".join(f"<li>{html.escape(line)}</li>" for line in search.explain(language).splitlines())
    visits = _table(
        [(say("node"), ""), (say("hour"), "n"), (say("people"), "n"), (say("bottles"), "n"), (say("chance"), "n"),
         (say("outcome"), "")],
        [[row["node"], _clock(row["hour"]), f"{row['people']:,.0f}", str(row["bottles"]),
          _percent(row["detection_probability"]),
          "; ".join(Note(c, probability=round(100 * row[v])).text(language)
                    for c, v in (("sewer-if-found", "if_found"), ("sewer-if-clean", "if_clean")))]
         for row in plan.to_dict("records")],
    )  # fmt: skip
    places = _table(
        [(say("node"), ""), (say("probability"), "n"), (say("load"), "n")],
        [[row["node"], _percent(row["probability"]), f"{row['median']:.2g} ({row['lower']:.2g}–{row['upper']:.2g})"]
         for row in posterior.head(15).to_dict("records")],
    )  # fmt: skip
    mark = f"<p class=made>{say('synthetic')}</p>" if search.synthetic else ""
    return (
        f'<section lang="{language}"><h1>{say("title", drug=search.drug)}</h1>{mark}<h2>{say("next")}</h2>{visits}'
        f"<h2>{say('where')}</h2>{places}<h2>{say('words')}</h2><ul>{told}</ul></section>"
    )


def _clock(hour: float) -> str:
    minutes = round(hour * 60 / 15) * 15 % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _percent(share: float) -> str:
    if share >= 0.995:
        return "> 99 %"
    return f"{100 * share:.0f} %" if share >= 0.01 else "< 1 %"


def _table(head: list[tuple[str, str]], rows: list[list[str]]) -> str:
    titles = "".join(f'<th scope="col" class="{c}">{t}</th>' for t, c in head)
    body = ""
    for row in rows:
        cells = zip(row, head, strict=True)
        body += "<tr>" + "".join(f'<td class="{c}">{html.escape(str(v))}</td>' for v, (_, c) in cells) + "</tr>"
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"
