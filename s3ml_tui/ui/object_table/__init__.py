"""The table of objects: loading, filtering, sorting, marking, drawing."""
