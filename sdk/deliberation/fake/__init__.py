"""An inspector in memory, for the tests of instrumented programs.

    from deliberation import fake

    with fake.server() as server:
        dl.configure(url=server.url, key=server.key, spool=False)
        my_program()
        dl.flush()
        assert [event.KIND for event in server.events] == [...]

It speaks real HTTP on a loopback port and reads events with the same codec as the real one. It
keeps each key of a run once, and no ledger. Troubles can be made: `server.fail_next`,
`server.delay`, `server.go_away`.

A live run can be controlled as from a browser, to see what the program does about it:
`server.pause(run)`, `resume`, `stop`, `kill`, `steer`, `fence`; each returns the command, whose
`stage` tells how far it has come. What waits for a person is decided by `server.approve(run)`,
`reject`, `modify`, `terminate`, from another thread or task than the one that waits; or for all that
is to come by `server.decide_all("approve")`. Which command applies where is read from the same table.
"""

from deliberation.fake.approval import Approval
from deliberation.fake.command import Command
from deliberation.fake.controlled import Refused
from deliberation.fake.replays import Asked
from deliberation.fake.request import Request, Trouble
from deliberation.fake.server import Server, server

__all__ = ["Approval", "Asked", "Command", "Refused", "Request", "Server", "Trouble", "server"]
