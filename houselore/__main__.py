"""Entry point of `houselore` and `python -m houselore`."""

from houselore.cli.app import main

if __name__ == "__main__":
    main()
