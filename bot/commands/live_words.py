"""What the commands about live sessions, their rules and their figures say, in Chinese and English."""

from __future__ import annotations

from bot.channels.words import Phrase

WORDS = {
    "session_planned": Phrase("已排好：{name} {at}（{id}）。", "Planned: {name} {at} ({id})."),
    "feed_added": Phrase(
        "接入“{name}”（{id}）建好了。上面是令牌，只显示这一次，请马上存好；用法见 docs/intake.md。",
        "The feed “{name}” ({id}) is made. Above is its token, shown this once: keep it now. docs/intake.md says how to use it.",
    ),
    "feed_gone": Phrase("接入“{name}”（{id}）已停用。", "The feed “{name}” ({id}) is revoked."),
    "rules_tried": Phrase(
        "还没生效。要采用：copilot rules apply {draft}。", "Not in force yet. To take it: copilot rules apply {draft}."
    ),
    "rules_applied": Phrase(
        "第 {number} 版已生效：{what}。运行中的副驾驶一秒内会跟上。",
        "Version {number} is in force: {what}. A running copilot follows within a second.",
    ),
    "proposal_left": Phrase(
        "照旧：{rule} 不改，4 周内不再提。", "As before: {rule} stays, and is not proposed again for four weeks."
    ),
    "proposal_waits": Phrase("等您定", "waits"),
    "proposal_over": Phrase("{sessions} 场 {hours} 小时", "{sessions} sessions, {hours} h"),
    "list.proposals": Phrase(
        "近 4 周没有规则建议。点过的提示够多，每周一会算一次。",
        "No rule change was proposed in four weeks. With enough judged tips one is looked for each Monday.",
    ),
    "column.week": Phrase("哪周", "week"),
    "column.rule": Phrase("规则", "rule"),
    "column.change": Phrase("改什么", "change"),
    "column.replayed": Phrase("重放", "replayed"),
    "column.tips": Phrase("提示", "tips"),
    "column.useful": Phrase("有用的留下", "useful kept"),
    "column.useless": Phrase("没用的去掉", "useless gone"),
    "column.proposal_state": Phrase("状态", "state"),
    "list.peers": Phrase(
        "还没填同类直播间的数。例如：copilot rules peers GPM=620。", "None given yet. For example: copilot rules peers GPM=620."
    ),
    "peers_for": Phrase("规则用得上的：{metrics}", "Rules use: {metrics}"),
    "column.metric": Phrase("指标", "metric"),
    "column.median": Phrase("中位数", "median"),
    "column.given": Phrase("哪天填的", "given"),
    "column.peer_state": Phrase("状态", "state"),
    "peer_counts": Phrase("在用", "counts"),
    "peer_over": Phrase("过期，不用", "out of date"),
    "rules_refused": Phrase("没有改，现在的规则照旧：{found}", "Nothing was changed; the rules stay as they are: {found}"),
    "file_or_version": Phrase("FILE 和 --version 写一个", "write either FILE or --version"),
    "rule_state.handbook": Phrase("照手册", "as in the handbook"),
    "rule_state.changed": Phrase("改过限值", "limit changed"),
    "rule_state.own": Phrase("自己的", "own"),
    "rule_state.off": Phrase("停用", "off"),
    "list.rules": Phrase("没有规则。", "No rules."),
    "list.rule_versions": Phrase("还没有改过规则。", "The rules were never changed."),
    "column.severity": Phrase("级别", "severity"),
    "column.sign": Phrase("条件", "condition"),
    "column.number": Phrase("第几版", "version"),
    "feed_on_state": Phrase("在用", "in use"),
    "feed_revoked_state": Phrase("已停用", "revoked"),
    "poll_set": Phrase(
        "设好了：这一场开播后每 {every} 秒到 {host} 取一次；网址和请求头不再显示。",
        "Set: every {every} s from {host} while the session is live. Address and headers are not shown again.",
    ),
    "poll_stopped": Phrase("接入“{name}”（{id}）不再取数。", "Nothing is fetched for “{name}” ({id}) any more."),
    "poll_state": Phrase("{host} 每 {every} 秒", "{host} every {every} s"),
    "poll_state_fault": Phrase("{state}（{fault}）", "{state} ({fault})"),
    "url_or_stop": Phrase("写网址，或写 --stop", "give an address, or --stop"),
    "column.fetched": Phrase("定时取数", "fetched from"),
    "team_or_session": Phrase("--team 和 --session 只写一个", "give --team or --session, not both"),
    "list.feeds": Phrase(
        "还没有数据接入。用 copilot feeds add 建一个。", "There are no feeds yet. Make one with copilot feeds add."
    ),
    "column.for": Phrase("写到", "writes to"),
    "column.source": Phrase("列名", "columns"),
    "column.seen": Phrase("最近来数", "last seen"),
    "column.working": Phrase("状态", "state"),
    "samples_written": Phrase("写好了 {path}：{count} 行，{metrics} 个指标。", "Wrote {path}: {count} rows, {metrics} metrics."),
    "png_only": Phrase("只画 PNG，文件名请以 .png 结尾", "only PNG is drawn: end the name in .png"),
    "picture_written": Phrase("图写好了：{path}。", "Wrote {path}."),
    "picture_not_written": Phrase(
        "图写不进 {path}（{reason}）。请换个地方再写。", "Cannot write {path} ({reason}). Please choose another place."
    ),
    "metric_near": Phrase("没有“{given}”这个指标。最像的是：{near}。", "There is no metric “{given}”. The nearest are: {near}."),
    "metric_unknown": Phrase("没有“{given}”这个指标。", "There is no metric “{given}”."),
    "csv_or_parquet": Phrase("文件名请以 .csv 或 .parquet 结尾", "end the file's name in .csv or .parquet"),
    "minutes_range": Phrase("分钟数写 {least} 到 {most}", "write {least} to {most} minutes"),
    "incident_unknown": Phrase("没有“{given}”这种，可以写：{known}", "there is no “{given}”; known are: {known}"),
    "simulated": Phrase("写好了 {path}：模拟的一场，{minutes} 分钟。", "Wrote {path}: a made-up session of {minutes} minutes."),
    "simulated_lines": Phrase(
        "写好了 {path}：口播和评论，里面有一句说错的。", "Wrote {path}: what is said and written, with one slip in it."
    ),
    "post_missing": Phrase("--token 和 --speed 要和 --post 一起用", "--token and --speed go with --post"),
    "post_alone": Phrase("--post 不写文件，不和 --out、--lines 一起用", "--post writes no file: leave out --out and --lines"),
    "speed_range": Phrase("倍数写 {least} 到 {most}", "between {least} and {most} times as fast"),
    "push_url": Phrase(
        "网址写成 http://127.0.0.1:8080/v1/sessions/场次编号（编号看 copilot sessions）",
        "write it like http://127.0.0.1:8080/v1/sessions/SESSION (copilot sessions lists the ids)",
    ),
    "push_no_token": Phrase(
        "没有令牌：设环境变量 COPILOT_FEED_TOKEN，或写 --token（copilot feeds add 新建一个）",
        "there is no token: set COPILOT_FEED_TOKEN or write --token (copilot feeds add makes one)",
    ),
    "push_ask_token": Phrase("粘贴接入的令牌（不显示），回车：", "Paste the feed's token (it is not shown), then Enter:"),
    "pushing": Phrase(
        "开始推：5 秒一次，指标、口播和评论一起，约 {minutes} 分钟推完；Ctrl-C 停。",
        "Pushing figures and words every 5 seconds, for about {minutes} minutes; Ctrl-C stops.",
    ),
    "pushed": Phrase("推完了：{rows} 行指标，{lines} 句口播和评论。", "Done: {rows} rows of figures, {lines} lines of words."),
    "push_unreachable": Phrase(
        "连不上这个网址。请看机器人开着没有、COPILOT_HTTP_PORT 设了没有、网址和端口对不对。",
        "Cannot reach that address. Is the bot running, is COPILOT_HTTP_PORT set, are address and port right?",
    ),
    "push_lost": Phrase(
        "推到一半断了，试了半分钟也没连上。请看机器人是不是停了，再从头推。",
        "The connection was lost, and half a minute of trying did not help. Is the bot still running? Then start again.",
    ),
    "push_busy": Phrase(
        "收数的那边一直忙或没存上，半分钟没收下一行。请看机器人的日志，过一会儿再推。",
        "For half a minute the intake was busy or could not store anything. See the bot's log and try again later.",
    ),
    "push_token": Phrase(
        "令牌不对，或者已经停用。copilot feeds 列出在用的，copilot feeds add 新建一个。",
        "The token is wrong or was revoked. copilot feeds lists those in use, copilot feeds add makes one.",
    ),
    "push_no_session": Phrase(
        "没有这一场，或者它不归这个令牌管。场次编号看 copilot sessions。",
        "There is no such session for this token. copilot sessions lists the ids.",
    ),
    "push_over": Phrase(
        "这一场已经下播或取消，不收数了（推了 {rows} 行）。要再试，用 /new 排一场，/live 开播。",
        "The session is over or cancelled and takes nothing more ({rows} rows were taken). Plan another with /new and start it "
        "with /live.",
    ),
    "push_rejected": Phrase(
        "收数的那边有行不收（{reason}），停在第 {rows} 行。各种原因见 docs/intake.md；future 是两台机器的时间不一样。",
        "The intake left a row out ({reason}) after {rows} rows. docs/intake.md lists the reasons; future means that the two "
        "machines' clocks differ.",
    ),
    "push_strange": Phrase(
        "那边的回答不是收数接口的（状态 {status}）。请看网址是不是机器人的、端口对不对。",
        "That is no intake's answer (status {status}). Is that the bot's address and port?",
    ),
    "session_cancelled": Phrase("已取消 {id}。", "{id} is cancelled."),
    "session_overlaps": Phrase(
        "主播 {host} 那段时间已经有一场了（{at}）。确实要排，请加 --overlap。",
        "{host} has another session then ({at}). If you mean it, add --overlap.",
    ),
    "today_or_week": Phrase("--today 和 --week 只写一个", "write --today or --week, not both"),
    "variant_unknown": Phrase(
        "没有“{given}”这种场次，请写 daily、campaign、brand 或 first",
        "there is no variant “{given}”; write daily, campaign, brand or first",
    ),
    "list.sessions": Phrase("没有场次。", "No sessions."),
    "column.starts": Phrase("开播", "starts"),
    "column.ends_at": Phrase("下播", "ends"),
    "column.host": Phrase("主播", "host"),
    "column.goal": Phrase("目标（元）", "goal (yuan)"),
    "column.status": Phrase("状态", "status"),
    "status.planned": Phrase("已排好", "planned"),
    "status.live": Phrase("直播中", "live"),
    "status.ended": Phrase("已下播", "ended"),
    "status.cancelled": Phrase("已取消", "cancelled"),
}
"""By key, as `office_words.say` takes it."""
