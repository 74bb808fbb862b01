"""What the commands do, a file each; `houselore/cli.py` says what they are called."""
