"""Where rollouts run besides threads of this process: in processes of their own, or on the machines of a Ray cluster.

Both are `Executor`s (`steepest.agents.optimizers.search.executors`); `executor_named` opens one by name.
"""
