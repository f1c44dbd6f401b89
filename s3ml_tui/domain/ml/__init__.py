"""The words of machine learning on a bucket: layout, workspace, runs, events, models, lineage."""
