"""`houselore` and `python -m houselore`: the command line's door."""

from houselore.cli.app import main

if __name__ == "__main__":
    main()
