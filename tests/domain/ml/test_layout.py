"""Where everything lies in a workspace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.ml.layout import FOLDERS, Layout, chunk_number, model_number, roots_by_layout
from s3ml_tui.domain.uri import ObjectKey, Place

RUN = "20261123-1402-k3f9"
ROOTS = st.sampled_from([Place("acme"), Place("acme", "team/"), Place("acme", "team/a b/")])


@given(ROOTS, st.integers(1, 10**7))
def test_the_number_of_a_model_is_read_back_from_where_it_lies(root: Place, number: int) -> None:
    layout = Layout(root)
    place = layout.model(number)
    assert model_number(place.prefix[len(layout.models.prefix) :]) == number
    assert model_number(layout.relative(place.key("")).rstrip("/")) == number
    assert place.contains(layout.model_claim(number))
    assert place.contains(layout.model_manifest(number))


@given(ROOTS, st.integers(1, 99_999_999))
def test_the_number_of_a_chunk_is_read_back_and_chunks_are_listed_in_order(root: Place, number: int) -> None:
    key = Layout(root).training_chunk(RUN, number)
    assert chunk_number(key.name) == number
    assert Layout(root).training_chunk(RUN, max(1, number - 1)).key <= key.key


@given(ROOTS)
def test_everything_of_a_run_lies_in_its_workspace(root: Place) -> None:
    layout = Layout(root)
    keys = [
        layout.workspace_record,
        layout.run_spec(RUN),
        layout.run_result(RUN),
        layout.training_log(RUN),
        layout.inference_log(RUN),
        layout.data("train", RUN),
        layout.alias_move("champion", 1),
        layout.report(RUN).key("report.md"),
        layout.predictions(RUN).key("predictions.csv"),
    ]
    assert all(root.contains(key) for key in keys)
    assert [root.prefix + layout.relative(key) for key in keys] == [key.key for key in keys]


@pytest.mark.parametrize("name", ["v0", "v01", "v", "1", "vx", "v1.0", "models/", "models/v1/x", "v-1"])
def test_what_is_no_model_version(name: str) -> None:
    assert model_number(name) is None


@pytest.mark.parametrize("name", ["1.jsonl", "000000001.jsonl", "00000001.json", "x0000001.jsonl"])
def test_what_is_no_chunk(name: str) -> None:
    assert chunk_number(name) is None


def test_the_layout_is_the_one_of_the_design() -> None:
    layout = Layout(Place("acme"))
    assert layout.training_chunk(RUN, 1).key == f"logs/training/{RUN}/00000001.jsonl"
    assert layout.data("processed", RUN).key == f"dataset/processed/{RUN}.parquet"
    assert layout.alias_move("champion", 1).key == ".s3ml/aliases/champion/000001.json"
    assert {"dataset/raw/", "models/", "logs/training/", "outputs/reports/"} <= set(FOLDERS)


def test_a_key_outside_is_told_whole() -> None:
    assert Layout(Place("acme", "a/")).relative(ObjectKey("acme", "b/c")) == "s3://acme/b/c"


@given(ROOTS, st.sampled_from(FOLDERS))
def test_a_folder_of_the_layout_tells_where_the_root_would_be(root: Place, folder: str) -> None:
    assert roots_by_layout(root.under(folder.rstrip("/"))) == (root,)
    assert root in roots_by_layout(root.under(folder + "deeper/still"))


def test_of_layouts_in_one_another_the_nearest_root_comes_first() -> None:
    place = Place("acme", "dataset/raw/models/v1/")
    assert roots_by_layout(place) == (Place("acme", "dataset/raw/"), Place("acme"))
    assert roots_by_layout(Place("acme", "other/models-of-mine/")) == ()
    assert roots_by_layout(Place("acme")) == ()
