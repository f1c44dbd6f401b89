"""report.html: a run as one self-contained page; no script, no address outside itself."""

from collections.abc import Mapping, Sequence
from html import escape

from s3ml_tui.domain.text import printable
from s3ml_tui.records.reports import tables
from s3ml_tui.records.run_record import RunResult

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.big { font-size: 2.2rem; font-weight: 600; } .plots { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; background: white; border: 1px solid var(--line); } figure svg { max-width: 28rem; height: auto; }
code { background: var(--soft); padding: 0 .2rem; overflow-wrap: anywhere; } details { margin-top: 1rem; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_report(result: RunResult, plots: Mapping[str, str]) -> str:
    """The page; `plots` are SVG texts by name, our own and therefore inlined as they are."""
    title = f"{result.name}: run {result.run_id}"
    pins = ("role", "address", "version", "size", "sha256")
    body = [
        f"<h1>{shown(title)}</h1>",
        _headline(result),
        _part("Warnings", "".join(f"<p>{shown(sentence)}</p>" for sentence in result.warnings)),
        table((), tables.fact_rows(result)),
        _part("Metrics on the held-out rows", table(("metric", "value"), tables.held_out_rows(result))),
        _paragraph(tables.baseline_text(result)),
        _part("Cross-validation", table(("metric", "mean ± deviation", "folds"), tables.fold_rows(result))),
        _part("Plots", _figures(plots)),
        _part("Data", table(pins, tables.input_rows(result))),
        _part("Features", f"<p>{shown(tables.feature_text(result.features))}</p>"),
        _folded("Parameters", table(("parameter", "value", ""), tables.parameter_rows(result))),
        _folded("Outputs", table(pins, tables.output_rows(result))),
        _folded("Environment", f"<p>{shown(tables.package_text(result))}</p>"),
        f"<p>Predictions sha256: <code>{shown(result.predictions_sha256)}</code></p>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(title)}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body></html>\n"
    )


def shown(text: str) -> str:
    """Text from outside as HTML text: control characters visible, nothing of it markup."""
    return escape(printable(text))


def table(header: Sequence[str], rows: tables.Rows) -> str:
    """An HTML table; "" when there are no rows."""
    if not rows:
        return ""
    head = f"<tr>{''.join(f'<th>{shown(name)}</th>' for name in header)}</tr>" if header else ""
    lines = "".join(f"<tr>{''.join(f'<td>{shown(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table>{head}\n{lines}</table>"


def _headline(result: RunResult) -> str:
    if result.headline not in result.metrics:
        return f"<p>{shown(result.reason)}</p>" if result.reason else ""
    figure = tables.number(result.metrics[result.headline])
    return f'<p><span class="big">{figure}</span> {shown(result.headline)}</p>'


def _paragraph(text: str) -> str:
    return f"<p>{shown(text)}</p>" if text else ""


def _figures(plots: Mapping[str, str]) -> str:
    drawn = "".join(f'<figure id="{shown(name)}">{svg}</figure>\n' for name, svg in plots.items())
    return f'<div class="plots">{drawn}</div>' if drawn else ""


def _part(title: str, content: str) -> str:
    return f"<h2>{title}</h2>\n{content}" if content else ""


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>\n{content}</details>" if content else ""
