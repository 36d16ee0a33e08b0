from steepest.traces.rendering.markup import element, joined, text


def test_what_was_not_made_here_is_escaped() -> None:
    made = element("p", "<b>", element("i", "&"), 3, None, class_='"x"')
    assert made == '<p class="&quot;x&quot;">&lt;b&gt;<i>&amp;</i>3</p>'


def test_marks_of_direction_and_control_characters_are_shown() -> None:
    assert text("a\u202eb\x1b[31m") == "a\\u202eb\\x1b[31m"


def test_markup_is_not_escaped_again() -> None:
    assert joined(joined("<"), "<") == "&lt;&lt;"


def test_attributes_may_have_no_value_or_not_be_there() -> None:
    assert element("input", disabled=True, value=None, view_box="0 0 1 1") == '<input disabled viewBox="0 0 1 1">'
