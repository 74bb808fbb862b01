-- name: save_answer
-- Save an answer; answering the same inbox row again (after a crash) replaces it.
insert into answers (
    workspace, inbox_id, channel, thread_ts, ts, person, question, thread, readers, messages,
    evidence, text, citations, abstained, model, generation, prompt_version, timings_ms,
    confidence, signals, withheld, shown
) values (
    %(workspace)s, %(inbox_id)s, %(channel)s, %(thread_ts)s, %(ts)s, %(person)s, %(question)s,
    %(thread)s, %(readers)s, %(messages)s, %(evidence)s, %(text)s, %(citations)s, %(abstained)s,
    %(model)s, %(generation)s, %(prompt_version)s, %(timings_ms)s,
    %(confidence)s, %(signals)s, %(withheld)s, %(shown)s
)
on conflict (inbox_id) do update set
    channel = excluded.channel, thread_ts = excluded.thread_ts, ts = excluded.ts,
    question = excluded.question, thread = excluded.thread, readers = excluded.readers,
    messages = excluded.messages, evidence = excluded.evidence, text = excluded.text,
    citations = excluded.citations, abstained = excluded.abstained, model = excluded.model,
    generation = excluded.generation, prompt_version = excluded.prompt_version,
    timings_ms = excluded.timings_ms, confidence = excluded.confidence, signals = excluded.signals,
    withheld = excluded.withheld, shown = excluded.shown
returning id;

-- name: place_answer
-- Record which Slack message shows the answer.
update answers set channel = %(channel)s, ts = %(ts)s where id = %(id)s;

-- name: answer_of_inbox
-- Find the answer to the question in an inbox row.
select * from answers where inbox_id = %(inbox_id)s;

-- name: answer_by_id
-- Find an answer of a workspace by its id.
select * from answers where workspace = %(workspace)s and id = %(id)s;

-- name: judged_answers
-- List the signals of rated answers that did not abstain, and whether most rated them good.
select a.signals, avg((f.label = 'good')::int) > 0.5 as good
from answers a
join feedback f on f.answer_id = a.id and f.is_current and f.label <> 'none'
where a.workspace = %(workspace)s and a.signals <> '{}' and not a.abstained
group by a.id
order by a.id;
