"""Everyday sentences: the middle of a language, as a model sees it.

An embedding of e5 carries the language it is written in; in a mixed collection that drowns the meaning. Subtracting the mean
of a few everyday passages (from passages) and of a few everyday questions (from questions) takes it away. The mean of the
collection itself would do the same within noise, but would change with every document that is added.
"""

from __future__ import annotations

PASSAGES = {
    "zh": (
        "今天下午下了一场大雨，路上的行人都撑起了伞。",
        "她在厨房里做饭，孩子们在客厅看电视。",
        "这家公司成立于一九九八年，总部设在上海，现有员工三百多人。",
        "会议将于下周三上午九点在三楼会议室举行，请准时参加。",
        "请先登录系统，然后点击右上角的设置按钮，按提示完成操作。",
        "研究表明，适量运动有助于改善睡眠质量。",
        "本办法自公布之日起施行，原有规定同时废止。",
        "他从小喜欢音乐，后来成为一名钢琴家。",
        "如果出现错误，请检查网络连接后重试，仍不能解决时联系管理员。",
        "这部小说讲述了一个年轻人离开家乡到城市打拼的故事。",
        "申请人应当在十五日内提交材料，逾期不予受理。",
        "当日气温较低，建议外出时添加衣物。",
    ),
    "en": (
        "It rained heavily this afternoon and people on the street opened their umbrellas.",
        "She was cooking in the kitchen while the children watched television.",
        "The company was founded in 1998, is based in Shanghai and has about three hundred employees.",
        "The meeting will be held next Wednesday at nine in the morning; please be on time.",
        "Please log in first, then click the settings button in the top right corner and follow the steps.",
        "Studies show that moderate exercise improves the quality of sleep.",
        "These rules take effect on the date of publication and replace the earlier ones.",
        "He loved music as a child and later became a pianist.",
        "If an error occurs, check the network connection and try again, or contact the administrator.",
        "The novel tells the story of a young man who leaves his home town for the city.",
        "Applicants must submit the documents within fifteen days.",
        "Temperatures will be low today, so wear something warm when you go out.",
    ),
}

QUESTIONS = {
    "zh": (
        "今天天气怎么样", "这个要怎么弄", "多少钱", "什么时候可以去",
        "他是谁", "有什么区别", "需要准备哪些东西", "为什么会这样",
    ),
    "en": (
        "how is the weather today", "how do I do this", "how much does it cost", "when can I go",
        "who is he", "what is the difference", "what do I need to prepare", "why does this happen",
    ),
}  # fmt: skip
