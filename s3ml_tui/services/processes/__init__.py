"""Starting and ending the processes of runs."""
