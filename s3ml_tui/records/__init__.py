"""What is stored or shown as a document."""
