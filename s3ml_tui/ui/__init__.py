"""The screens: a Textual app over the services."""
