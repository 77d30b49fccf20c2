"""Words of the reports' frame, in English and Chinese.

What a verdict or a message says is `grader.diagnose`'s business; here is what stands around it.
Placeholders are filled with `str.format`.
"""

# ruff: noqa: RUF001 - full-width punctuation is how Chinese is set

from __future__ import annotations

from typing import Final

import msgspec


class Labels(msgspec.Struct, frozen=True):
    """One language's words."""

    html_lang: str
    colon: str
    comma: str
    stop: str
    feedback: str
    class_report: str
    student: str
    score: str
    points: str
    points_of: str
    exercise: str
    exercises: str
    state: str
    status: str
    full: str
    partial: str
    zero: str
    no_marks: str
    unwritten: str
    ungraded: str
    not_judged: str
    skipped: str
    graded: str
    unreadable: str
    not_graded: str
    no_exercise: str
    no_exercise_words: str
    unreadable_words: str
    not_graded_words: str
    exercise_not_graded: str
    exercise_skipped: str
    carried: str
    carried_of: str
    carried_words: str
    carried_whole: str
    diagnosis: str
    known_mistake: str
    defined: str
    paste: str
    first_problem: str
    more_problems: str
    passed_cases: str
    visible_cases: str
    hidden_cases: str
    hidden_words: str
    skipped_cases: str
    passed_of: str
    of: str
    expected: str
    got: str
    at: str
    error: str
    error_of: str
    where: str
    cell: str
    line: str
    function: str
    inputs: str
    again: str
    again_words: str
    seed: str
    printed: str
    hint: str
    notes: str
    isolation: str
    suite_hash: str
    salt_fingerprint: str
    submissions: str
    mean: str
    median: str
    quartiles: str
    distribution: str
    distribution_words: str
    difficulty: str
    mean_share: str
    common: str
    common_words: str
    count: str
    what: str
    attention: str
    attention_words: str
    nothing_here: str
    no_grades: str
    all_submissions: str
    mixed: str
    more_annotations: str
    cut: str
    next_steps: str
    wrong_exercises: str
    partial_exercises: str
    unwritten_exercises: str
    right_exercises: str
    ungraded_exercises: str
    skipped_exercises: str
    all_exercises: str
    points_lost: str
    points_worth: str
    code_cut: str
    went_wrong_here: str
    elements_off: str
    in_row: str
    in_rows: str
    in_column: str
    in_columns: str
    too_high: str
    too_low: str
    not_ordered: str
    element_off: str
    grid_words: str
    grid_at: str
    grid_block: str
    grid_faint: str
    curve_words: str
    sentence_gap: str


EN: Final = Labels(
    html_lang="en",
    colon=": ",
    stop=".",
    comma=", ",
    feedback="Feedback",
    class_report="Class report",
    student="Student",
    score="Score",
    points_of="points",
    points="Points",
    exercise="Exercise",
    exercises="Exercise by exercise",
    state="State",
    status="Status",
    full="Full marks",
    partial="Some marks",
    no_marks="No marks",
    zero="No marks yet",
    unwritten="Not written",
    not_judged="Not judged",
    ungraded="Not graded",
    skipped="Skipped",
    graded="Graded",
    unreadable="Unreadable",
    not_graded="Not graded",
    no_exercise="No exercise found",
    no_exercise_words="None of the functions and classes of the handout is in what was handed in. "
    "Was it another file? The zero says nothing about work that was not seen.",
    unreadable_words="No file of this submission could be read, so there is no score. "
    "That is not a zero: your instructor decides what happens next.",
    not_graded_words="The grader failed on this submission, so there is no score. "
    "That is our fault and not a zero: your instructor has been told.",
    exercise_not_graded="The grader failed here. That costs no marks; the exercise will be graded "
    "again.",
    exercise_skipped="This could not be run here, so it counts neither for nor against you.",
    carried_of="{points} carried forward",
    carried="Carried forward",
    carried_words="In visible cases, {points} of these points were earned with our version of an "
    "earlier exercise put in, because yours is not right yet (error carried forward).",
    carried_whole="Your step is right; its input was wrong. In visible cases, {points} of these "
    "points were earned with our version of an earlier exercise put in, because yours is not right "
    "yet.",
    diagnosis="What happened",
    known_mistake="known mistake",
    defined="Your code",
    paste="Code to paste below yours, to see it happen",
    first_problem="What to look at first",
    more_problems="More cases that did not pass",
    passed_cases="Passed cases",
    visible_cases="Visible cases",
    hidden_cases="Hidden cases",
    hidden_words="Hidden cases run your code on inputs that are not shown.",
    skipped_cases="Skipped cases",
    of="{passed} of {total}",
    passed_of="{passed} of {total} passed",
    expected="Expected",
    got="Yours",
    at="Element",
    error="Error",
    error_of="{error}, where {tolerance} is accepted",
    where="Where",
    cell="cell {number}",
    line="line {number}",
    function="in {name}",
    inputs="Inputs",
    again="Run this case again",
    again_words="FILE is the file or folder that you handed in. Run it in the homework's folder, "
    "the one that holds assignments.",
    seed="seed",
    printed="Your code printed",
    hint="For a hint, run",
    notes="Notes on your files",
    isolation="Isolation",
    suite_hash="Suite",
    salt_fingerprint="Salt",
    submissions="Submissions",
    mean="Mean",
    median="Median",
    quartiles="Middle half",
    distribution="Distribution of scores",
    distribution_words="Number of students for each tenth of the full score",
    difficulty="How hard each exercise was",
    mean_share="Mean share of the points",
    common_words="Each student counts once an exercise: with the known mistake if there is one, "
    "else with the first case that did not pass.",
    common="What went wrong most often",
    count="Students",
    what="What happened",
    attention="Worth a look",
    attention_words="Submissions that crashed, ran out of time, touched what the sandbox forbids, "
    "or could not be graded.",
    nothing_here="None.",
    no_grades="The gradebook holds no grades yet.",
    all_submissions="All submissions",
    mixed="These grades were made under different conditions.",
    more_annotations="{count} more exercises did not get full marks; see the job's summary.",
    cut="The rest was cut: the summary may not be larger.",
    next_steps="What to do next",
    wrong_exercises="Not right yet",
    partial_exercises="Partly right",
    unwritten_exercises="Not written yet",
    right_exercises="Right",
    ungraded_exercises="Not graded, and not your fault",
    skipped_exercises="Skipped",
    all_exercises="All exercises",
    points_lost="{points} points lost",
    points_worth="{points} points",
    code_cut="{count} more lines",
    went_wrong_here="It went wrong in this line",
    elements_off="{wrong} of {total} elements are off",
    in_row="in row {which}",
    in_rows="in rows {which}",
    in_column="in column {which}",
    in_columns="in columns {which}",
    too_high="too high",
    too_low="too low",
    not_ordered="not a finite number, or of another kind",
    element_off="off",
    grid_words="Row 0 is at the top, column 0 on the left.",
    grid_at="This is the part at index {index}.",
    grid_block="Each square stands for {rows} by {columns} elements, and shows the worst of them.",
    grid_faint="Pale squares are off by less than a tenth of the largest error.",
    curve_words="From the first element to the last.",
    sentence_gap=" ",
)

ZH: Final = Labels(
    html_lang="zh-CN",
    colon="：",
    stop="。",
    comma="，",
    feedback="反馈",
    class_report="班级报告",
    student="学生",
    score="得分",
    points_of="分",
    points="分值",
    exercise="练习",
    exercises="各个练习的情况",
    state="状态",
    status="状态",
    full="满分",
    partial="部分得分",
    no_marks="未得分",
    zero="暂未得分",
    unwritten="尚未编写",
    not_judged="未评判",
    ungraded="未评分",
    skipped="已跳过",
    graded="已评分",
    unreadable="无法读取",
    not_graded="未评分",
    no_exercise="未找到任何练习",
    no_exercise_words="提交的内容里没有讲义要求的任何一个函数或类。是不是交错了文件？"
    "这个零分并不是对你的作业的评价。",
    unreadable_words="提交的文件都无法读取，因此没有分数。这不是零分，由老师决定如何处理。",
    not_graded_words="评分程序在这份提交上出了故障，因此没有分数。这是我们的问题，不是零分，老师已收到通知。",
    exercise_not_graded="评分程序在这里出了故障。不会扣分，之后会重新评分。",
    exercise_skipped="这个练习在这里无法运行，既不加分也不扣分。",
    carried_of="其中 {points} 分为代入得分",
    carried="代入得分",
    carried_words="可见用例中有 {points} 分是把前面的练习换成我们的实现之后得到的，"
    "因为你的那个练习还不正确（前面的错误不重复扣分）。",
    carried_whole="你的这一步是对的，只是它的输入有误。"
    "可见用例中有 {points} 分是把前面的练习换成我们的实现之后得到的，因为你的那个练习还不正确。",
    diagnosis="问题所在",
    known_mistake="已知错误",
    defined="你的代码",
    paste="可粘贴到你的代码下面、重现问题的代码",
    first_problem="先看这里",
    more_problems="其他未通过的用例",
    passed_cases="已通过的用例",
    visible_cases="可见用例",
    hidden_cases="隐藏用例",
    hidden_words="隐藏用例会用不公开的输入运行你的代码。",
    skipped_cases="跳过的用例",
    of="{passed}/{total}",
    passed_of="{total} 个中通过 {passed} 个",
    expected="期望",
    got="你的结果",
    at="元素",
    error="误差",
    error_of="{error}，允许 {tolerance}",
    where="出错处",
    cell="第 {number} 个单元格",
    line="第 {number} 行",
    function="函数 {name}",
    inputs="输入",
    again="重新运行这个用例",
    again_words="FILE 换成你提交的文件或文件夹。请在作业所在的文件夹（里面有 assignments）中运行。",
    seed="随机种子",
    printed="你的代码输出了",
    hint="需要提示时请运行",
    notes="关于你的文件",
    isolation="隔离级别",
    suite_hash="测试集",
    salt_fingerprint="盐",
    submissions="提交数",
    mean="平均分",
    median="中位数",
    quartiles="中间一半",
    distribution="分数分布",
    distribution_words="总分每十分之一区间内的学生人数",
    difficulty="各个练习的难度",
    mean_share="平均得分率",
    common_words="每名学生在每个练习中只计一次：有已知错误的按已知错误计，否则以第一个未通过的用例为准。",
    common="最常见的问题",
    count="人数",
    what="情况",
    attention="需要留意",
    attention_words="崩溃、超时、触碰沙箱禁止的操作，或无法评分的提交。",
    nothing_here="没有。",
    no_grades="成绩册里还没有成绩。",
    all_submissions="全部提交",
    mixed="这些成绩是在不同条件下得到的。",
    more_annotations="另有 {count} 个练习未得满分，见任务摘要。",
    cut="其余内容已截去：摘要大小有上限。",
    next_steps="接下来做什么",
    wrong_exercises="尚不正确",
    partial_exercises="部分正确",
    unwritten_exercises="尚未编写",
    right_exercises="正确",
    ungraded_exercises="未评分（不是你的问题）",
    skipped_exercises="已跳过",
    all_exercises="全部练习",
    points_lost="失 {points} 分",
    points_worth="{points} 分",
    code_cut="另有 {count} 行",
    went_wrong_here="在这一行出错",
    elements_off="{total} 个元素中有 {wrong} 个不对",
    in_row="位于第 {which} 行",
    in_rows="位于第 {which} 行",
    in_column="位于第 {which} 列",
    in_columns="位于第 {which} 列",
    too_high="偏大",
    too_low="偏小",
    not_ordered="不是有限的数，或类型不同",
    element_off="不对",
    grid_words="第 0 行在最上面，第 0 列在最左边。",
    grid_at="这里画的是下标 {index} 处的部分。",
    grid_block="每个方格代表 {rows}×{columns} 个元素，显示其中最差的一个。",
    grid_faint="浅色方格的误差不到最大误差的十分之一。",
    curve_words="从第一个元素到最后一个元素。",
    sentence_gap="",
)


def labels(lang: str) -> Labels:
    """Return the Chinese words for ``zh``, else the English ones."""
    return ZH if lang == "zh" else EN
