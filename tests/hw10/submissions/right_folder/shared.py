"""Used by two of the modules."""


def chunks(items, n):
    for i in range(len(items) - n + 1):
        yield items[i:i + n]
