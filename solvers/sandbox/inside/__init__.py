"""What runs in a job's process, behind the jail: how it speaks with its supervisor, a worker for each kind of job.

Foreign code runs in the same process, so nothing that comes out of here is believed by the other side.
"""
