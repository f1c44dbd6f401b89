"""`python -m s3ml_tui`."""

from s3ml_tui.cli.entry import main

if __name__ == "__main__":
    main()
