"""Runs a command at a terminal of its own, with standard output in a file, and types what it is asked for.

    at_terminal.py OUT [PROMPT ANSWER]... -- COMMAND...

Prints what the terminal has shown, and ends as the command does.
"""

import os
import pty
import sys

words = sys.argv[1:]
end = words.index("--")
out, talk, command = words[0], words[1:end], words[end + 1 :]
turns = list(zip(talk[::2], talk[1::2]))

child, terminal = pty.fork()
if child == 0:
    os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    os.execvp(command[0], command)

shown = b""
answered = 0
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:  # how Linux says that nobody is at the other end any more
        break
    if not chunk:
        break
    shown += chunk
    if turns and turns[0][0].encode() in shown[answered:]:
        answered = len(shown)
        os.write(terminal, turns.pop(0)[1].encode() + b"\n")

sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
