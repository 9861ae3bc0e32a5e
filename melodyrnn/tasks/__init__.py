"""Tasks: the work of the commands, for any caller, independent of the command line.

Each module holds one task: a frozen dataclass of its settings, a function that carries it out, and a frozen dataclass
of its result. A task may run in any thread. It prints nothing, reads no environment variables and handles no signals;
it reports its progress to a listener, and a `Cancellation` ends it early (see `progress`).
"""
