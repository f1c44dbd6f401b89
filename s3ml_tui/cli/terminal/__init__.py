"""What commands write to a terminal or a pipe, and the signals they receive."""
