"""The five stages in their order; importing this loads scikit-learn."""

from s3ml_tui.runner.environment import environment
from s3ml_tui.runner.run import TrainingRun
from s3ml_tui.training.stages.evaluate import evaluate
from s3ml_tui.training.stages.prepare import prepare
from s3ml_tui.training.stages.publish import publish
from s3ml_tui.training.stages.split import split
from s3ml_tui.training.stages.train import train


def work_through(run: TrainingRun) -> None:
    """All of them. Raises S3mlErrors; the draft then says how far it came."""
    run.draft.environment = environment()
    prepared = prepare(run)
    parts = split(run, prepared)
    trained = train(run, prepared, parts)
    evaluated = evaluate(run, prepared, parts, trained)
    publish(run, prepared, trained, evaluated)
