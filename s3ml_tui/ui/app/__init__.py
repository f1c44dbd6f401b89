"""The app: session, jobs, navigation, undo, sign-in, appearance."""
