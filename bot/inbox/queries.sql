-- name: store
-- Puts an event into the inbox; gives no row when it is there already (by its id or its message).
insert into inbox (workspace, event_id, kind, channel, ts, thread_ts, person, payload, state, finished_at)
values (
    %(workspace)s, %(event_id)s, %(kind)s, %(channel)s, %(ts)s, %(thread_ts)s, %(person)s,
    %(payload)s, %(state)s, case when %(state)s = 'received' then null else now() end
)
on conflict do nothing
returning id;

-- name: load
-- One row of the inbox.
select id, kind, channel, ts, thread_ts, person, payload, state, reply_channel, reply_ts
from inbox where id = %(id)s;

-- name: takes_part
-- Whether the bot takes part in a thread: it was asked there, or answered there what was asked.
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
-- The new text of a question that is not answered yet.
update inbox set payload = payload || jsonb_build_object('text', %(text)s::text)
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s
and kind in ('question', 'unasked') and state = 'received';

-- name: withdraw_question
-- A question that was deleted before it was answered is not answered, nor kept.
update inbox set state = 'ignored', payload = payload - 'text', finished_at = now()
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s
and kind in ('question', 'unasked') and state = 'received';

-- name: stop_questions
-- Someone pressed Stop: the questions of this thread end with what there is.
update inbox set payload = payload || '{"stopped": true}'
where workspace = %(workspace)s and channel = %(channel)s and thread_ts = %(thread_ts)s
and kind in ('question', 'unasked') and state = 'received';

-- name: lock
-- Takes a lock for this database session, or says that another has it.
select pg_try_advisory_lock(hashtextextended(%(key)s, 0));

-- name: unlock
-- Gives a lock back.
select pg_advisory_unlock(hashtextextended(%(key)s, 0));

-- name: begin_reply
-- A message is about to be posted: after a crash it may be there without being known. Gives no row
-- when another job has begun since this one looked.
update inbox set payload = payload || jsonb_build_object('begun', gen_random_uuid())
where id = %(id)s and payload ->> 'begun' is not distinct from %(begun)s
returning id;

-- name: place_reply
-- Notes which message replies to a row.
update inbox set reply_channel = %(channel)s, reply_ts = %(ts)s where id = %(id)s;

-- name: claimed_replies
-- Which of these messages reply to some row already.
select reply_ts from inbox
where workspace = %(workspace)s and reply_channel = %(channel)s and reply_ts = any(%(ts)s);

-- name: finish
-- Ends a row that is still open.
update inbox set state = %(state)s, error = %(error)s, finished_at = now()
where id = %(id)s and state = 'received';

-- name: finish_forgotten
-- Ends an open row of which only is kept that it was there.
update inbox set state = 'done', payload = '{}', person = null, finished_at = now()
where id = %(id)s and state = 'received';

-- name: open_rows
-- Rows that nobody has finished and no job waits for, oldest first, with how many jobs died over them.
select i.id, i.kind, count(j.id) as deaths
from inbox i
left join procrastinate_jobs j on j.args @> jsonb_build_object('inbox_id', i.id)
where i.workspace = %(workspace)s and i.state = 'received'
group by i.id, i.kind
having count(*) filter (where j.status = 'todo') = 0
order by i.id limit 1000;
