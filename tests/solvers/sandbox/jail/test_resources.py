from collections.abc import Callable

from steepest.solvers.sandbox.isolation import Isolation

RunProgram = Callable[[str], str]


def test_limits_are_set_for_good(run_program: RunProgram):
    said = run_program(
        """
import resource
resources.limit_resources(1 << 30, 0, 2.5)
names = ("CPU", "FSIZE", "CORE", "NOFILE", "MEMLOCK", "MSGQUEUE")
print([resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names])
print((1 << 30) < resource.getrlimit(resource.RLIMIT_AS)[0] < (1 << 30) + address_space() + (64 << 20))
"""
    )
    assert said == "[(3, 4), (0, 0), (0, 0), (64, 64), (0, 0), (0, 0)]\nTrue\n"


def test_a_limit_that_is_lower_already_stays(run_program: RunProgram):
    said = run_program(
        """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (32, 48))
resources.limit_resources(1 << 30, 0, 5.0)
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    )
    assert said == "(48, 48)\n"


def test_the_size_is_read_where_it_can_be(run_program: RunProgram):
    assert run_program("print(0 < address_space(otherwise=1 << 50) < 1 << 50)") == "True\n"


def test_without_proc_the_size_is_what_the_server_says(run_jailed: Callable[..., str]):
    assert run_jailed("print(address_space(12345))", Isolation.FULL) == "12345\n"


def test_processor_time_ends_a_job_even_as_process_1(run_jailed: Callable[..., str]):
    endless = """
child = os.fork()
if child == 0:
    enter_namespaces(readable)
    unshare_pids()
    job = os.fork()
    if job == 0:
        confine(Confinement(Isolation.FULL, readable, 1 << 30, base, 0.5))
        while True: pass
    os._exit(os.waitstatus_to_exitcode(os.waitpid(job, 0)[1]) & 0x7F)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9 & 0x7F)
"""
    assert run_jailed("", Isolation.FULL, first=endless) == "True\n"
