# Returns objects that run code, lie or never end when somebody looks at them.
# job: function | ends: exception, timeout, completed, memory, output | wall: 0.5
class Endless(list):
    def __iter__(self):
        while True:
            yield 1

    def __len__(self):
        return -1


class Words(str):
    def __str__(self):
        while True:
            pass

    __repr__ = __format__ = __str__


class Count(int):
    def __repr__(self):
        return "1}{"

    __str__ = __index__ = __repr__


class Cells(dict):
    def items(self):
        while True:
            yield "key", 1

    keys = values = __iter__ = items


def attack():
    return {"list": Endless([1]), "text": Words("a"), "number": Count(1), "cells": Cells(a=1)}
