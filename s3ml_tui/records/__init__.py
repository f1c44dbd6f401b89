"""What is stored or shown as a document: specs, run records, manifests, reports."""
