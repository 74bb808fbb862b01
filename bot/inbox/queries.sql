-- name: store
-- Add an event; return no row if its id or its message is stored already.
insert into inbox (workspace, event_id, kind, channel, ts, thread_ts, person, payload, state, finished_at)
values (
    %(workspace)s, %(event_id)s, %(kind)s, %(channel)s, %(ts)s, %(thread_ts)s, %(person)s,
    %(payload)s, %(state)s, case when %(state)s = 'received' then null else now() end
)
on conflict do nothing
returning id;

-- name: load
-- Load one row of the inbox.
select id, kind, channel, ts, thread_ts, person, payload, state, reply_channel, reply_ts
from inbox where id = %(id)s;

-- name: takes_part
-- Whether the bot was asked in a thread, or posted an answer there that was not unprompted.
select exists (
    select from inbox
    where workspace = %(workspace)s and channel = %(channel)s and thread_ts = %(thread_ts)s
    and kind = 'question' and state <> 'ignored'
) or exists (
    select from answers
    where workspace = %(workspace)s and channel = %(channel)s
    and (ts = %(thread_ts)s or thread_ts = %(thread_ts)s)
    and not exists (select from inbox i where i.id = answers.inbox_id and i.kind = 'unasked')
);

-- name: edit_question
-- Set the new text of a question that is not answered yet.
update inbox set payload = payload || jsonb_build_object('text', %(text)s::text)
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s
and kind in ('question', 'unasked') and state = 'received';

-- name: withdraw_question
-- Mark a question that was deleted before its answer as ignored, and erase its text.
update inbox set state = 'ignored', payload = payload - 'text', finished_at = now()
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s
and kind in ('question', 'unasked') and state = 'received';

-- name: stop_questions
-- Flag the open questions of a thread as stopped; the jobs that answer them look for the flag.
update inbox set payload = payload || '{"stopped": true}'
where workspace = %(workspace)s and channel = %(channel)s and thread_ts = %(thread_ts)s
and kind in ('question', 'unasked') and state = 'received';

-- name: lock
-- Try to take an advisory lock for this database session; false if another session holds it.
select pg_try_advisory_lock(hashtextextended(%(key)s, 0));

-- name: unlock
-- Release an advisory lock of this session.
select pg_advisory_unlock(hashtextextended(%(key)s, 0));

-- name: begin_reply
-- Record that a message is about to be posted, so that a job after a crash looks for it in Slack.
-- Return no row when another job has recorded it since this one loaded the row.
update inbox set payload = payload || jsonb_build_object('begun', gen_random_uuid())
where id = %(id)s and payload ->> 'begun' is not distinct from %(begun)s
returning id;

-- name: place_reply
-- Record the message that replies to a row.
update inbox set reply_channel = %(channel)s, reply_ts = %(ts)s where id = %(id)s;

-- name: claimed_replies
-- Those of these messages that are recorded as the reply to a row.
select reply_ts from inbox
where workspace = %(workspace)s and reply_channel = %(channel)s and reply_ts = any(%(ts)s);

-- name: finish
-- Set the final state of a row that is still open.
update inbox set state = %(state)s, error = %(error)s, finished_at = now()
where id = %(id)s and state = 'received';

-- name: finish_forgotten
-- Finish an open row and erase its person and payload.
update inbox set state = 'done', payload = '{}', person = null, finished_at = now()
where id = %(id)s and state = 'received';

-- name: open_rows
-- Unfinished rows that no queued job waits for, oldest first, each with the number of its jobs so
-- far (none of them finished the row, so they are its crashes).
select i.id, i.kind, count(j.id) as deaths
from inbox i
left join procrastinate_jobs j on j.args @> jsonb_build_object('inbox_id', i.id)
where i.workspace = %(workspace)s and i.state = 'received'
group by i.id, i.kind
having count(*) filter (where j.status = 'todo') = 0
order by i.id limit 1000;
