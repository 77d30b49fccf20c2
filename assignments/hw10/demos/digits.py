"""Two views of the same pictures: accuracy does not tell them apart, gradients do.

The pictures are drawn by `draw_digits`. `--data` names others: a folder with the four files of
MNIST, or `sklearn` for the small ones that come with scikit-learn.
"""

from pathlib import Path

import torch

HIDDEN = 32
BATCH = 50
TOLD = 0.9742  # what the course text reports
NAMES = ("train-images", "train-labels", "t10k-images", "t10k-labels")


def run(code, show):
    """Train twice, once in each view, and look at accuracy and gradients after every epoch."""
    images, labels, new_images, new_labels = _pictures(code, show)
    height, width = images.shape[2:]
    show.say(
        f"{len(images)} to learn from, {len(new_images)} new ones, {height} x {width} pixels",
        f"训练 {len(images)} 张，测试 {len(new_images)} 张，{height} x {width} 像素",
    )
    show.axes(
        title=("Two ways to read a digit", "数字的两种读法"),
        x=("epoch", "轮次"),
        y=("share recognised", "正确率"),
    )
    show.start(2 * show.iterations)
    ends = []
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
        ends.append((words, share, largest))
    _compare(show, ends)


def _compare(show, ends):
    """Put both ends beside what the course text reports."""
    show.say("")
    for words, share, largest in ends:
        show.say(
            f"{share:7.2%}  {words[0]}, largest gradient of weight_hh {largest:.4f}",
            f"{share:7.2%}  {words[1]}，weight_hh 的最大梯度 {largest:.4f}",
        )
    show.say(
        f"{TOLD:7.2%}  the course text, on MNIST: ten trainings, in one step",
        f"{TOLD:7.2%}  教程在 MNIST 上的结果：训练 10 次，一步读完",
    )
    show.say(
        "A gradient of exactly zero: in one step there is no state to carry. Accuracy does not\n"
        "tell whether a network remembers.",
        "梯度恰好是零：只有一步，没有状态可传，所以正确率说明不了网络有没有记忆。",
    )


def _train(model, learner, images, labels):
    for batch in torch.randperm(len(images)).split(BATCH):
        loss = torch.nn.functional.cross_entropy(model(images[batch]), labels[batch])
        learner.zero_grad()
        loss.backward()
        learner.step()


def _pictures(code, show):
    """Return pictures to learn from and new ones, each with their labels."""
    if show.data == "sklearn":
        return _of_scikit_learn(show)
    if show.data:
        return _of_mnist(code, show)
    images, labels = code.draw_digits(1200, 0)
    show.say("pictures of our own drawing", "我们自己画的图片")
    return images[:1000], labels[:1000], images[1000:], labels[1000:]


def _of_scikit_learn(show):
    try:
        from sklearn.datasets import load_digits  # noqa: PLC0415 - only where it is asked for
    except ImportError:
        show.stop(
            "scikit-learn is not installed. In a checkout of the course: pip install '.[digits]'",
            "没有安装 scikit-learn。请在课程的文件夹里运行：pip install '.[digits]'",
        )
    grey, labels = load_digits(return_X_y=True)
    images = torch.from_numpy(grey).float().reshape(-1, 1, 8, 8) / 16
    labels = torch.from_numpy(labels).long()
    show.say("pictures of scikit-learn", "scikit-learn 的图片")
    return images[:1400], labels[:1400], images[1400:], labels[1400:]


def _of_mnist(code, show):
    """Read the four files, packed or not, whether a dash or a dot stands before ``idx``."""
    folder, arrays = Path(show.data), []
    for name in NAMES:
        found = sorted(folder.glob(f"{name}?idx?-ubyte*"))
        if not found:
            show.stop(
                f"There is no file {name}-idx...-ubyte in {folder}. The four files of MNIST belong "
                "there, packed (.gz) or not.",
                f"{folder} 里没有 {name}-idx...-ubyte。请把 MNIST 的四个文件放进去，"
                "压缩（.gz）或解压的都行。",
            )
        try:
            arrays.append(torch.from_numpy(code.read_idx(str(found[0]))))
        except ValueError as error:
            show.stop(f"{error}.", f"读不了 {found[0]}：它不是 IDX 格式，或者不完整。")
    images, labels, new_images, new_labels = arrays
    show.say(f"pictures in {folder}", f"{folder} 里的图片")
    return (
        images.float().unsqueeze(1) / 255,
        labels.long(),
        new_images.float().unsqueeze(1) / 255,
        new_labels.long(),
    )
