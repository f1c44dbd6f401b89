"""Files of this machine's state folder."""
