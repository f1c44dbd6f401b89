"""Commands about models and predictions."""
