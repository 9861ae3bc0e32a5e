"""Tasks: what the commands do, for any caller, without the words of a command line.

Each module holds one task: a frozen dataclass of its settings, a function that carries it out, and a frozen dataclass
of its result. A task may run in any thread. It prints nothing, reads no environment variables and handles no signals;
it calls a listener with its progress, and a `Cancellation` ends it early (see `progress`).
"""
