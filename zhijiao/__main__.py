"""`python -m zhijiao` is the command `zhijiao`."""

from zhijiao.cli.app import main

main()
