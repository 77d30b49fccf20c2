"""What a student works with besides pytest: `grader watch`, and checks of a notebook's cells.

Both ask a process of their own, the checker (`serve`), which is warm: it has collected the suites,
and has a fork server where there are workers. So an answer takes as long as the exercise itself,
and nothing of what is checked comes near the one who asks. `messages` is what the two say to each
other, `checker` the asking side, `checks` what is done for a question, `touched` what a change
concerns. For `watch` there are `standing`, `screen`, `files` and `keys`; for a notebook `cells`,
`history`, `finding` and `magic`.
"""
