from pathlib import Path

from steepest.solvers.sandbox.jail.rootfs import Bind, Link, layout


def test_a_link_on_the_way_is_made_again_and_its_end_is_shown(tmp_path: Path):
    root = tmp_path.resolve()
    (root / "real" / "deep").mkdir(parents=True)
    (root / "one").symlink_to("real")
    (root / "two").symlink_to(root / "one")
    assert layout([str(root / "two" / "deep")]) == (
        Link(str(root / "two"), str(root / "one")),
        Link(str(root / "one"), "real"),
        Bind(str(root / "real" / "deep"), True, False),
    )


def test_what_lies_in_a_shown_folder_is_not_made_again(tmp_path: Path):
    root = tmp_path.resolve()
    (root / "folder").mkdir()
    (root / "folder" / "file").touch()
    (root / "folder" / "link").symlink_to("file")
    paths = [str(root / "folder" / "link"), str(root / "folder"), str(root / "missing")]
    assert layout(paths) == (Bind(str(root / "folder"), True, False),)


def test_a_link_to_itself_leads_nowhere(tmp_path: Path):
    (tmp_path / "loop").symlink_to("loop")
    assert layout([str(tmp_path / "loop")]) == ()


def test_devices_are_told_from_files():
    assert layout(["/dev/null"]) == (Bind("/dev/null", False, True),)
