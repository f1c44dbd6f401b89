"""What is done to objects where they are: copy, move, delete, purge, edit, tag, share."""
