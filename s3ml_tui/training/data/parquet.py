"""Tables as Parquet files in the bucket: the same table gives the same bytes."""

import pyarrow as pa
from pyarrow import parquet

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.runner.run import TrainingRun

PARQUET_TYPE = "application/vnd.apache.parquet"


def publish_table(run: TrainingRun, state: str, table: pa.Table) -> Pin:
    """Write processed, train or test data of the run."""
    path = run.folder / f"{state}.parquet"
    parquet.write_table(table, path, compression="zstd")
    return run.put_file(state, run.layout.data(state, run.job.run_id), path, PARQUET_TYPE)
