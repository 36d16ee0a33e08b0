"""How a library learns: from tasks that were not solved, to insights that are proven on them before they enter."""
