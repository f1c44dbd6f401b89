"""Previews of objects, made by a process of their own."""
