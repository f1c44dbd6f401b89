"""The Activity screen: jobs, what was done, requests."""
