"""Records as documents for people: pure functions from a record (and SVG texts) to Markdown or HTML."""
