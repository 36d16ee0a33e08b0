"""What a conversation found, as files for other programs and people: a workbook, a paper, a page of all of it."""
