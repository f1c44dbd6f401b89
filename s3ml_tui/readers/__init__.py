"""The preview process: bounded readers of text, tables, Parquet, images …

Started as `python -m s3ml_tui.readers`, never imported: whatever a file does to it, the app goes on.
"""
