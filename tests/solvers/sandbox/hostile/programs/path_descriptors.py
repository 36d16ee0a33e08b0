# Opens places instead of files (O_PATH, folder descriptors) and walks on from there.
# job: function | ends: completed | unconfined: breach
OUTSIDE = SCENE["canary"]


def attack():
    return breaches(
        from_root=lambda: read_from(os.open("/", os.O_PATH)),
        from_folder=lambda: read_from(os.open(SCENE["folder"], os.O_RDONLY | os.O_DIRECTORY), "canary"),
        from_library=lambda: read_from(os.open(os.path.dirname(os.__file__), os.O_RDONLY), "../" * 30 + OUTSIDE),
        place_then_file=lambda: os.open(f"/proc/self/fd/{os.open(OUTSIDE, os.O_PATH)}", os.O_RDONLY),
        new_root=lambda: os.chroot("/"),
        moved=lambda: (os.chdir(SCENE["folder"]), open("canary").read())[1],
        moved_by_descriptor=lambda: (os.fchdir(os.open("/tmp", os.O_PATH)), os.listdir("."))[1],
        listed=lambda: os.listdir(os.open("/tmp", os.O_RDONLY)),
    )


def read_from(place, path=OUTSIDE.lstrip("/")):
    return os.read(os.open(path, os.O_RDONLY, dir_fd=place), 100)
