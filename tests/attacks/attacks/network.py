"""Connections: to a listener of the test's own on this machine, and listeners of the worker's."""

from typing import Final

from tests.attacks.attack import Attack
from tests.attacks.attacks.others import TRIED, tries

ATTACKS: Final = (
    Attack("connect", "a connection to a port of this machine",
           tries("import socket\n"
                 "attempt(lambda: socket.create_connection(('127.0.0.1', {PORT}), 1))"),
           verdicts=TRIED),
    Attack("datagram", "a datagram to the same port",
           tries("import socket\n"
                 "attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                 "    .sendto(b'x', ('127.0.0.1', {PORT})))"), verdicts=TRIED),
    Attack("abstract_socket", "a socket that lies in no folder",
           tries("import socket\n"
                 "attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0{ABSTRACT}'))"),
           verdicts=TRIED),
    Attack("listen", "listeners by TCP and in its own folder",
           tries("import socket\n"
                 "attempt(lambda: socket.create_server(('127.0.0.1', 0)))\n"
                 "def own():\n    server = socket.socket(socket.AF_UNIX)\n"
                 "    server.bind('own.sock')\n    server.listen()\n"
                 "attempt(own)"), verdicts=TRIED),
    Attack("other_families", "netlink, packet and pair sockets",
           tries("import socket\n"
                 "for family, kind in ((16, 3), (17, 3), (40, 1), (38, 5), (10, 2)):\n"
                 "    attempt(lambda: socket.socket(family, kind))\n"
                 "attempt(socket.socketpair)"), verdicts=TRIED),
    Attack("the_workers_own_socket", "the one socket it has, towards other addresses",
           tries("import stat\n"
                 "for fd in range(3, 64):\n    try:\n"
                 "        if not stat.S_ISSOCK(os.fstat(fd).st_mode): continue\n"
                 "    except OSError:\n        continue\n"
                 "    import socket\n    own = socket.socket(fileno=os.dup(fd))\n"
                 "    attempt(lambda: own.connect('\\0{ABSTRACT}'))\n"
                 "    attempt(lambda: socket.send_fds(own, [b'x'], [0]))"), verdicts=TRIED),
)  # fmt: skip
