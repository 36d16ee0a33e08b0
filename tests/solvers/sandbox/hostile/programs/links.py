# Reads where links lead: their texts name folders, versions and mounts that are nobody's business.
# job: function | ends: completed | unconfined: breach
def attack():
    return breaches(
        to_python=lambda: os.readlink(SCENE["python"]),
        of_the_system=lambda: os.readlink("/bin"),
        to_itself=lambda: os.readlink("/proc/self"),
        to_its_program=lambda: os.readlink("/proc/self/exe"),
        to_the_supervisors_folder=lambda: os.readlink(f"/proc/{SCENE['supervisor']}/cwd"),
        by_descriptor=lambda: os.readlink("self", dir_fd=os.open("/proc", os.O_PATH)),
        by_library=lambda: os.path.realpath("/proc/self", strict=True),
    )
