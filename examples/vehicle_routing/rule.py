"""A router whose rule is trainable: what stands between the two marks may change."""

from steepest.traces import bundle


@bundle(trainable=True)
def routes(distances, demands, capacity):
    """Routes from the depot (place 0) to all customers, made customer by customer: the vehicle drives on to the one
    with the highest priority among those that it has room for, and home when there is none.
    """

    def priority(of):
        """Larger is sooner. `of` holds what is known of a customer, see below."""
        # EVOLVE-BLOCK-START
        score = 0.0
        score += -1 * of["distance"]
        # EVOLVE-BLOCK-END
        return score

    left = list(range(1, len(demands)))
    made = [[]]
    here, room = 0, capacity
    while left:
        fitting = [place for place in left if demands[place] <= room]
        if not fitting:
            made.append([])
            here, room = 0, capacity
            continue
        known = {}
        for place in fitting:
            others = [distances[place][other] for other in left if other != place]
            known[place] = {
                "distance": distances[here][place],
                "from_depot": distances[0][place],
                "saved": distances[here][0] + distances[0][place] - distances[here][place],
                "nearest_other": min(others) if others else 0,
                "mean_other": sum(others) / len(others) if others else 0,
                "demand": demands[place],
                "room_after": room - demands[place],
                "room": room,
                "is_first": 1 if here == 0 else 0,
            }
        place = max(known, key=lambda place: (priority(known[place]), -place))
        made[-1].append(place)
        left.remove(place)
        here, room = place, room - demands[place]
    return made
