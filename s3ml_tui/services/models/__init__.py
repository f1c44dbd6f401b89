"""Model versions, aliases, predictions, trust, lineage."""
