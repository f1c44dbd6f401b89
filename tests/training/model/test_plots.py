"""Plots are self-contained, the same each time, and show names as they are."""

import re

import numpy as np
import pandas as pd

from s3ml_tui.domain.uri import parse_object
from tests.training.bench import Bench, csv_of


def test_names_in_plots_are_no_markup_and_figures_make_no_difference(bench: Bench) -> None:
    evil = ["$\\frac{1}{0}$", "<b>&\x1b[31m", "日本 🚀"]
    frame = pd.DataFrame({"$x_1$": np.arange(90) % 7, "b": np.arange(90.0), "y": [evil[n % 3] for n in range(90)]})
    spec = {"target": "y", "estimator": {"family": "decision_tree"}}
    data = bench.put("d", csv_of(frame))
    first, second = bench.train(data, **spec), bench.train(data, **spec)
    roles = [role for role in first.outputs if role.startswith("plot_")]
    assert roles == ["plot_confusion_matrix", "plot_roc_curve", "plot_feature_importance"]
    for role in roles:
        svg = bench.store.read(parse_object(first.outputs[role].uri)).decode()
        assert first.outputs[role].sha256 == second.outputs[role].sha256
        assert svg.startswith("<svg")
        assert "\x1b" not in svg
        assert "<image" not in svg
        assert not re.search(r'(href|src)="(?!#)', svg)
