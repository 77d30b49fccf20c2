"""Training on random pairs of numbers, from weights that are uniform or normal at random."""

import numpy as np

HIDDEN = 16
LIMIT = 128  # numbers below it have sums of eight bits
RATE = 0.1
TESTED = 100


def run(code, show):
    """Train from both starts; print errors, and sums that the network works out, on the way."""
    show.axes(
        title=("Binary addition", "二进制加法"),
        x=("pairs learnt from", "已学习的数对"),
        y=("error of a sum, mean of 100", "一次加法的误差（100 次平均）"),
    )
    show.start(2 * show.iterations)
    for number, (names, draw) in enumerate([
        (("uniform start", "均匀分布初始化"), _draw_uniform),
        (("normal start", "正态分布初始化"), _draw_normal),
    ]):  # fmt: skip
        show.say("")
        show.say(*names)
        generator = np.random.RandomState(show.seed)
        weights = draw(generator)
        pairs = _draw_pairs(generator, show.iterations + 1)
        _train(code, show, weights, pairs, names, number * show.iterations)


def _draw_uniform(generator):
    shapes = [(2, HIDDEN), (HIDDEN, 1), (HIDDEN, HIDDEN)]
    U, V, W = (2 * generator.random_sample(shape) - 1 for shape in shapes)
    return U, W, V


def _draw_normal(generator):
    return tuple(generator.randn(*shape) for shape in [(2, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1)])


def _draw_pairs(generator, count):
    return [(int(generator.randint(LIMIT)), int(generator.randint(LIMIT))) for _ in range(count)]


def _train(code, show, weights, pairs, names, done):
    """Learn from all pairs but the last, which is only there to be shown at the end."""
    tested = _draw_pairs(np.random.RandomState(show.seed + 1), TESTED)
    every = min(1000, max(1, show.iterations // 10))
    stops = sorted({*range(0, show.iterations, every), show.iterations})
    marks = sorted({*range(0, show.iterations, max(1, every // 4)), *stops})
    for begin, end in zip(marks, [*marks[1:], None], strict=True):
        answers = [_add(code, pair, weights) for pair in tested]
        show.point(names, begin, np.mean([error for _, error in answers]))
        if begin in stops:
            right = sum(
                answer == sum(pair) for pair, (answer, _) in zip(tested, answers, strict=True)
            )
            _report(code, show, begin, pairs[begin], weights, right)
        if end is not None:
            weights = code.binadd_train(pairs[begin:end], *weights, RATE)
            show.done(done + end)


def _report(code, show, begin, pair, weights, right):
    answer, error = _add(code, pair, weights)
    first, second = pair
    mark = "=" if answer == sum(pair) else "≠"
    work = f"{first:3d} + {second:3d} {mark} {answer:3d}"
    show.say(
        f"  {begin:6d}  error {error:.8f}  {right:3d} of {TESTED} sums right   {work}",
        f"  {begin:6d}  误差 {error:.8f}  {TESTED} 个和算对 {right:3d} 个   {work}",
    )


def _add(code, pair, weights):
    """Let the network add a pair; return its answer, and by how much its outputs miss the bits."""
    a, b, c = (code.int_to_bits(number) for number in (*pair, sum(pair)))
    _, outputs = code.binadd_forward(a, b, *weights)
    outputs = np.array([float(np.squeeze(o)) for o in outputs])[::-1]  # highest bit first
    answer = code.bits_to_int(np.array([int(o > 0.5) for o in outputs]))
    return int(answer), float(np.sum(np.abs(outputs - c)))
