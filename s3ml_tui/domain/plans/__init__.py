"""What an action would do, as a value: the confirm screen prints it, a service performs it, its outcome undoes it."""
