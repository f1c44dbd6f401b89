"""Reports show names from the data as they are, and hold nothing that acts."""

import json
import re
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.model_manifest import Column, ModelSchema
from s3ml_tui.records.reports import tables
from s3ml_tui.records.reports.html import html_report
from s3ml_tui.records.reports.markdown import markdown_report
from s3ml_tui.records.reports.model_card import model_card
from s3ml_tui.records.reports.tables import baseline_text, metrics_document
from s3ml_tui.records.run_record import RunResult
from s3ml_tui.records.spec import Spec, spec_from

EVIL = "<script>alert(1)</script>|\x1b[31m[bold]**x**"
PIN = Pin(f"s3://b/{EVIL}", "v1", "etag", "ab" * 32, 1234)


def result() -> RunResult:
    return RunResult(
        run_id="20261123-1402-k3f9",
        name="churn",
        state=RunState.SUCCEEDED,
        started=datetime(2026, 11, 23, 14, 2, tzinfo=UTC),
        ended=datetime(2026, 11, 23, 14, 3, tzinfo=UTC),
        host="h",
        spec=Spec(name="churn", data="d.csv", target=EVIL),
        task="classification",
        estimator="sklearn.svm.SVC",
        params={"C": 1.0, "kernel": "linear"},
        features=[EVIL, "age"],
        rows={"data": 10, "train": 8, "test": 2},
        inputs={"data": PIN},
        metrics={"f1": 0.5, "accuracy": 0.9, "cv_accuracy_mean": 0.8, "cv_accuracy_std": 0.1},
        headline="accuracy",
        cv_scores={"accuracy": [0.7, 0.9]},
        confusion=[[1, 0], [0, 1]],
        classes=[EVIL, "no"],
        predictions_sha256="cd" * 32,
        model="models/v1",
    )


class Tags(HTMLParser):
    """Gathers the tags, and whether they are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_holds_nothing_that_acts() -> None:
    page = html_report(result(), {"roc_curve": '<svg xmlns="http://www.w3.org/2000/svg"></svg>'})
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "script" not in tags.seen
    assert "\x1b" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"\b(src|href)=", page)
    assert '<span class="big">0.9</span> accuracy' in page


@pytest.mark.parametrize(
    ("task", "asked", "said"),
    [
        (
            "classification",
            {},
            {
                "split": "20 % of the rows are held out, stratified, seed 0",
                "validation": "no cross-validation",
                "numbers": "missing ones become the median, not scaled",
                "categories": "missing ones become the most frequent, a column each (one-hot)",
            },
        ),
        (
            "regression",
            {
                "split": {"test_size": 50, "seed": 7},
                "cv": 5,
                "features": {"scale": True, "impute": "mean", "encode": "ordinal"},
            },
            {
                "split": "50 rows are held out, at random, seed 7",
                "validation": "5-fold cross-validation",
                "numbers": "missing ones become the mean, scaled to mean 0 and variance 1",
                "categories": "missing ones become the most frequent, numbered in order",
            },
        ),
        (
            "regression",
            {"split": {"method": "tail"}, "features": {"impute": "none"}},
            {
                "split": "20 % of the rows are held out, the last ones",
                "numbers": "missing ones stay missing, not scaled",
            },
        ),
        ("regression", {"split": {"test_size": 0}, "cv": 3}, {"split": "No rows are held out"}),
    ],
)
def test_every_document_says_the_settings_it_was_made_with(
    task: str, asked: dict[str, Any], said: dict[str, str]
) -> None:
    spec = spec_from({"name": "churn", "data": "d.csv", "target": "t"} | asked)
    made = result().model_copy(update={"spec": spec, "task": task})
    facts = {row[0]: row[1] for row in tables.fact_rows(made)}
    assert facts | said == facts
    page, text = html_report(made, {}), markdown_report(made)
    for name, words in said.items():
        assert f"<tr><td>{name}</td><td>{escape(words)}</td></tr>" in page
        assert f"| {name} | {words} |" in text


def test_markdown_shows_names_as_they_are() -> None:
    text = markdown_report(result(), ["roc_curve"])
    assert "\x1b" not in text
    assert "<script>" not in text.replace("\\<", "")
    assert "![roc curve](roc_curve.svg)" in text
    cells = [line for line in text.splitlines() if line.startswith("| data ")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in cells] == [6]


def test_the_headline_comes_first() -> None:
    text = markdown_report(result())
    assert text.index("| accuracy | 0.9 |") < text.index("| f1 | 0.5 |")
    assert "0.8 ± 0.1" in text


def test_a_card_says_what_goes_in() -> None:
    columns = [Column(name="age", kind="number"), Column(name="c", kind="category", categories=["a", "b"])]
    card = model_card(result(), ModelSchema(task="classification", target="y", columns=columns))
    assert card.startswith("# models/v1: churn\n")
    assert "| c | category | a, b |" in card


def test_metrics_are_json() -> None:
    document = json.loads(metrics_document(result()))
    assert (document["headline"], document["metrics"]["f1"], document["model"]) == ("accuracy", 0.5, "models/v1")


def test_metrics_that_are_no_numbers_make_valid_json_all_the_same() -> None:
    """A score of one class in a fold is NaN, a likelihood may be infinite."""
    made = result().model_copy(
        update={"metrics": {"f1": float("nan"), "loss": float("-inf")}, "cv_scores": {"f1": [float("inf"), 0.5]}}
    )

    def refused(constant: str) -> object:
        raise AssertionError(f"bare {constant}")

    for body in (metrics_document(made), made.to_bytes()):
        document = json.loads(body, parse_constant=refused)
        assert (document["metrics"], document["cv_scores"]) == (
            {"f1": "NaN", "loss": "-Infinity"},
            {"f1": ["Infinity", 0.5]},
        )


def test_a_classifier_is_held_against_always_saying_the_most_frequent_class() -> None:
    made = result().model_copy(update={"confusion": [[115, 16], [22, 7]], "classes": ["no", "yes"]})
    said = "Always saying 'no' would have accuracy 0.8187. f1 and roc_auc are those of 'yes'."
    assert baseline_text(made) == said
    schema = ModelSchema(task="classification", target="t", columns=[], classes=["no", "yes"])
    assert all(
        "Always saying" in text for text in (markdown_report(made), html_report(made, {}), model_card(made, schema))
    )
    assert baseline_text(made.model_copy(update={"confusion": [], "classes": []})) == ""
