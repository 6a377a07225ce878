"""`python -m simulator seed|run|flood|check`."""

from simulator.command_line import main

main()
