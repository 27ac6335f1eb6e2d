"""`python -m docindex` is `docindex`."""

from docindex.cli import main

if __name__ == "__main__":
    main()
