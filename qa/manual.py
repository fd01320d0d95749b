r"""What `--help` says below the options: examples that can be typed as they stand, exit codes, files and environment.

A line `\b` keeps the lines of the paragraph after it as they are.
"""

from __future__ import annotations

CODES = "Exit codes: 0 done, 2 bad usage or input (one line on standard error says what to do), 130 interrupted."

INDEX = f"""
\b
More examples:
  qa index                            # seeds/, or again what the index holds
  qa index articles/ notes.md --index my.qa
  qa index articles/ --model FOLDER   # another embedding model
  qa index --rebuild                  # anew, whatever is there

Files that did not change are taken over. What cannot be read is named with its reason and the rest is indexed.

{CODES}
"""

ASK = """
\b
More examples:
  qa ask "泰顺的活动邀请谁为现场职工授课?" --top 2
  qa ask "竞答由哪几家单位举办?" --json
  qa ask "谁当选了工会主席?" --index my.qa --quiet || echo "not in there"

The index is built first where there is none, and brought up to date where files changed.

Exit codes: 0 answered, 1 the documents do not say (the nearest passages are listed), 2 bad usage or input, 130 interrupted.
"""

CHAT = f"""
\b
More examples:
  qa chat --top 1
  qa chat --index my.qa
  printf '泰顺办了什么竞答?\\n那是谁办的?\\n' | qa chat   # a pipe gets no prompt and no colour
  printf '泰顺办了什么竞答?\\n' | qa chat --json

\b
At the prompt:
  /show N, /more, /top K, /where FIELD=VALUE, /explain, /save FILE, /forget, /help, /quit
  Up and Down go through what was typed before, Tab completes commands, Ctrl-R searches;
  Ctrl-C drops the line, or stops the answer; Ctrl-D leaves.
  A paste of several lines is one question.

Files: what was typed is kept in $XDG_STATE_HOME/qa/history (else ~/.local/state/qa/history), readable by you alone.

{CODES}
"""

BATCH = f"""
\b
More examples:
  qa batch questions.csv -o answers.csv --bom             # a table for a spreadsheet
  qa batch questions.jsonl -o answers.jsonl --resume      # go on after an interruption
  qa batch questions.jsonl -o answers.jsonl --strict      # nothing is written if a row is broken
  qa batch beir-folder/ -o run.trec --top 10
  cat questions.txt | qa batch - | jq -r .answer

Questions: .txt (one a line), .csv and .tsv (column question, optional id), .jsonl (question or text; optional id,
history), a BEIR folder, or - (standard input: text, JSON lines, or a table with its header). In UTF-8, UTF-16, GB18030 or Big5.

Answers: .jsonl, .csv, .trec or .run, .md, by the output's suffix or --format; a row for each question, in their
order, the same bytes from run to run. A question that cannot be asked keeps its row, with the reason as its error.

Files: FILE.resume stands beside the output until a run is finished.

{CODES}
"""

SHOW = f"""
\b
More examples:
  qa show seeds/001_13b816044c6f97ec.txt:89
  qa show seeds/000_21d3065e0a1cb431.txt:51-53 --json

{CODES}
"""

ARTICLES = f"""
\b
More examples:
  qa articles seeds/*.txt
  qa articles page.txt notes.md --json

{CODES}
"""

EVAL = """
\b
More examples:
  qa eval questions.jsonl --json
  qa eval beir-folder/                # indexed apart, in a temporary folder
  cat questions.jsonl | qa eval -
  qa eval --qrels qrels.txt --run run.txt

Gold fields: file with lines (from 1), or answers; type groups the scores. A question without a right answer counts 0.

Exit codes: 0 done, 1 a --min or --max is missed, 2 bad usage or input, 130 interrupted.
"""

INFO = f"""
\b
More examples:
  qa info --index my.qa
  qa info --json

{CODES}
"""

VERIFY = """
\b
More examples:
  qa verify --index my.qa
  qa verify --json || qa index --rebuild

Exit codes: 0 all is whole, 1 damage was found, 2 bad usage or input, 130 interrupted.
"""

ALL = """
\b
Start here:
  qa index articles/                        # once; later runs follow changes
  qa ask "谁当选了工会主席?"
  qa chat
  qa batch questions.txt -o answers.jsonl

\b
Environment:
  QA_INDEX   the index folder, where --index is not given (else .qa)
  NO_COLOR   no colour on a terminal

`qa --install-completion` teaches the shell in use (bash, zsh, fish, PowerShell) to complete commands and options.
`qa COMMAND --help` shows more examples.
"""
