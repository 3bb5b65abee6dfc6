"""Print the first free port at or above TensorBoard's default."""

import socket

DEFAULT = 6006

for port in range(DEFAULT, DEFAULT + 1000):
    with socket.socket() as probe:
        if probe.connect_ex(("localhost", port)):
            print(port)
            break
