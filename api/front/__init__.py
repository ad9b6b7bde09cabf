"""What stands between the sockets and the application: it reads requests, lets them wait, and sends answers.

    granian (Rust) ── Front ── /healthz, answers kept by snapshot
                        ├── /sparql, /queries/<name>: straight to the engine's pool
                        └── everything else: the Flask application, in threads

One event loop serves all connections of a process. It never waits for a slow client or a slow query: bodies arrive in
time or not at all, queries wait in the pool's queue, large answers go to the socket from a file, and a query whose
client hangs up is ended.
"""
