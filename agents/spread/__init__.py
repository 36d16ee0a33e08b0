"""Work spread over threads, processes and the machines of a Ray cluster: what evaluations and searches share.

`daemon_threads` are threads that no exit waits for, `main_guard` looks that a script does not begin itself again in its
processes, `shipping` sends an object to a worker and says what in it can't travel, `shared_limits` keep one rate limit
and one budget for the models of all workers, and `cluster` joins Ray.
"""
