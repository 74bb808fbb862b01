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

-- name: has_room
-- Whether an unasked question may be answered now: it came lately, and its channel had fewer than
-- `most` unasked answers in the last minute.
select exists (
    select from inbox where id = %(id)s and received_at > now() - interval '10 minutes'
) and (
    select count(*) from inbox
    where workspace = %(workspace)s and channel = %(channel)s and kind = 'unasked'
    and received_at > now() - interval '1 minute' and reply_ts is not null and id <> %(id)s
) < %(most)s;

-- name: let_pass
-- Ends an open row about which nothing is said; what the person wrote is not kept.
update inbox
set state = %(state)s, error = %(error)s, payload = payload - 'text', finished_at = now()
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

-- name: is_reply
-- Whether a message is an answer, or will be one.
select exists (
    select from answers
    where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s
) or exists (
    select from inbox
    where workspace = %(workspace)s and reply_channel = %(channel)s and reply_ts = %(ts)s
);

-- name: lock_answer
-- The answer that a message shows, held until the end of the transaction.
select id from answers
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s for update;

-- name: votes
-- What everyone has pressed and reacted with on a message, in the order Slack saw it.
select person, payload from inbox
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s and kind = 'vote'
order by (payload ->> 'at')::numeric, id;

-- name: current_labels
-- The current label of each person on an answer.
select person, label from feedback where answer_id = %(answer_id)s and is_current;

-- name: retire_label
-- A person's label is current no more.
update feedback set is_current = false
where answer_id = %(answer_id)s and person = %(person)s and is_current;

-- name: add_label
-- A person's new current label.
insert into feedback (workspace, answer_id, person, label, surface)
values (%(workspace)s, %(answer_id)s, %(person)s, %(label)s, %(surface)s);

-- name: unreadable
-- How many of these documents are gone, have changed since an answer used them, or may not be read
-- by these readers.
select count(*) from unnest(%(ids)s::bigint[]) as wanted (id)
where not exists (
    select from documents d
    where d.id = wanted.id and d.workspace = %(workspace)s and d.readers && %(readers)s
    and d.indexed_at <= (select a.created_at from answers a where a.id = %(answer)s)
);

-- name: channel_settings
-- How a channel is answered.
select answers, bar, set_by from channel_settings
where workspace = %(workspace)s and channel = %(channel)s;

-- name: set_channel
-- Sets what is given of a channel's settings, and gives them all.
insert into channel_settings (workspace, channel, answers, bar, set_by)
values (
    %(workspace)s, %(channel)s, coalesce(%(answers)s::text, 'mentions'),
    %(bar)s::double precision, %(person)s
)
on conflict (workspace, channel) do update set
    answers = coalesce(%(answers)s::text, channel_settings.answers),
    bar = case when %(sets_bar)s then excluded.bar else channel_settings.bar end,
    set_by = excluded.set_by,
    set_at = now()
returning answers, bar, set_by;

-- name: memberships
-- The inbox's newest row, and what has changed of who is where after the row `since`. Always a row.
select newest.id, i.id, i.channel, i.person
from (select coalesce(max(id), 0) as id from inbox where workspace = %(workspace)s) as newest
left join inbox i on i.workspace = %(workspace)s and i.kind = 'membership' and i.id > %(since)s;

-- name: status
-- The figures of /houselore status; of what is indexed only what these readers may know of.
select
    (select count(*) from documents
     where workspace = %(workspace)s and readers && %(readers)s) as documents,
    (select count(*) from chunks c join generations g on g.id = c.generation
     join reader_sets r on r.id = c.reader_set and r.readers && %(readers)s
     where c.workspace = %(workspace)s and g.state = 'live') as chunks,
    (select id from generations where workspace = %(workspace)s and state = 'live') as generation,
    (select max(synced_at) from sources
     where workspace = %(workspace)s and readers && %(readers)s) as synced_at,
    coalesce(
        (select name from models where workspace = %(workspace)s and state = 'served'),
        (select model from answers where workspace = %(workspace)s order by id desc limit 1)
    ) as model,
    (select count(*) from inbox where workspace = %(workspace)s and state = 'received') as waiting,
    (select count(*) from inbox where workspace = %(workspace)s and state = 'failed'
     and received_at > now() - interval '1 day') as failed,
    (select error from inbox where workspace = %(workspace)s and state = 'failed'
     and received_at > now() - interval '1 day' order by id desc limit 1) as last_error;

-- name: recent_questions
-- What a person asked lately, newest first.
select question, channel, ts from answers
where workspace = %(workspace)s and person = %(person)s order by id desc limit 5;
