"""Two views of the same pictures: accuracy does not tell them apart, gradients do.

The pictures are drawn by `draw_digits`. The environment variable GRADER_DIGITS names others: a
folder with the four files of MNIST, or `sklearn` for the small ones that come with scikit-learn.
"""

import os
from pathlib import Path

import torch

HIDDEN = 32
BATCH = 50
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
NEW_FILES = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def run(code, show):
    """Train twice, once in each view, and look at accuracy and gradients after every epoch."""
    images, labels, new_images, new_labels = _pictures(code, show)
    height, width = images.shape[2:]
    show.axes(
        title=("Two ways to read a digit", "数字的两种读法"),
        x=("epoch", "轮次"),
        y=("share recognised", "正确率"),
    )
    show.start(2 * show.iterations)
    for number, (view, in_dim, words) in enumerate(
        [
            ("image", height * width, ("the whole picture in one step", "整张图片一步读完")),
            ("rows", width, ("row by row", "逐行读")),
        ]
    ):
        torch.manual_seed(show.seed)
        model = code.DigitsLSTM(view, in_dim, HIDDEN, 1)
        learner = torch.optim.Adam(model.parameters(), lr=0.01)
        numbers = sum(parameter.numel() for parameter in model.parameters())
        show.say(f"\n{words[0]}: {numbers} parameters", f"\n{words[1]}：{numbers} 个参数")
        for epoch in range(1, show.iterations + 1):
            _train(model, learner, images, labels)
            with torch.no_grad():
                share = float(code.accuracy(model(new_images), new_labels))
            parameters = {name: value.detach().clone() for name, value in model.named_parameters()}
            found = code.largest_gradients(view, parameters, images[:500], labels[:500])
            largest = float(found["lstm.weight_hh_l0"])
            show.say(
                f"{epoch:5d}  accuracy {share:6.2%}   largest gradient of weight_hh {largest:.4f}",
                f"{epoch:5d}  正确率 {share:6.2%}   weight_hh 的最大梯度 {largest:.4f}",
            )
            show.point(words, epoch, share)
            show.done(number * show.iterations + epoch)
    show.say(
        "\nA gradient of exactly zero: in one step there is no state to carry. A well-known text "
        "reports\n97.42 % for MNIST, read in one step.",
        "\n梯度恰好是零：只有一步，没有状态可传。一篇很流行的教程报告 MNIST 上的 97.42 %，"
        "用的是一步读完。",
    )


def _train(model, learner, images, labels):
    for batch in torch.randperm(len(images)).split(BATCH):
        loss = torch.nn.functional.cross_entropy(model(images[batch]), labels[batch])
        learner.zero_grad()
        loss.backward()
        learner.step()


def _pictures(code, show):
    """Return pictures to learn from and new ones, each with their labels."""
    where = os.environ.get("GRADER_DIGITS", "")
    if where == "sklearn":
        from sklearn.datasets import load_digits  # noqa: PLC0415 - only where it is asked for

        grey, labels = load_digits(return_X_y=True)
        images = torch.from_numpy(grey).float().reshape(-1, 1, 8, 8) / 16
        labels = torch.from_numpy(labels).long()
        show.say("pictures of scikit-learn, 8 x 8", "scikit-learn 的图片，8 x 8")
        return images[:1400], labels[:1400], images[1400:], labels[1400:]
    if where:
        show.say(f"pictures in {where}", f"{where} 里的图片")
        return *_read(code, Path(where), FILES), *_read(code, Path(where), NEW_FILES)
    images, labels = code.draw_digits(1200, 0)
    show.say("pictures of our own drawing, 16 x 16", "我们自己画的图片，16 x 16")
    return images[:1000], labels[:1000], images[1000:], labels[1000:]


def _read(code, folder, names):
    found = [next(iter(sorted(folder.glob(f"{name}*"))), folder / name) for name in names]
    grey, labels = (code.read_idx(str(path)) for path in found)
    return torch.from_numpy(grey).float().unsqueeze(1) / 255, torch.from_numpy(labels).long()
