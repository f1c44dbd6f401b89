"""Uploads, downloads and sync: planned, performed with a journal, resumed."""
