# Reads what the server was started with: a command line that names folders, processes or modules of the host.
# job: function, script | ends: completed | reaches: out
import sys


def attack():
    started_with = " ".join([*sys.orig_argv[1:], *sys.argv])
    folder = os.path.dirname
    places = {"home": SCENE["home"], "project": folder(folder(SCENE["project"])), "folder": SCENE["folder"]}
    return breaches(
        **{name: lambda place=place: place in started_with and started_with for name, place in places.items()},
        supervisor=lambda: str(SCENE["supervisor"]) in started_with and started_with,
    )
