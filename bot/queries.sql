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

-- name: judged_by_id
-- An answer, and where it stands.
select id, channel, ts, thread_ts, person from answers
where workspace = %(workspace)s and id = %(id)s;

-- name: judged_at
-- The answer that a message shows.
select id, channel, ts, thread_ts, person from answers
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s;

-- name: judged_before
-- The last answer in a thread before a message of it.
select id, channel, ts, thread_ts, person from answers
where workspace = %(workspace)s and channel = %(channel)s
and (thread_ts = %(thread_ts)s or ts = %(thread_ts)s) and ts::numeric < %(ts)s::numeric
order by ts::numeric desc limit 1;

-- name: hold_judged
-- An answer that stands where it stood when its reader was looked up, held until the transaction ends.
select id from answers
where workspace = %(workspace)s and id = %(id)s and channel is not distinct from %(channel)s::text
for update;

-- name: current_remark
-- What a person says of an answer by now.
select reasons, note from remarks
where answer_id = %(answer_id)s and person = %(person)s and is_current;

-- name: retire_remark
-- What a person said of an answer is current no more.
update remarks set is_current = false
where answer_id = %(answer_id)s and person = %(person)s and is_current;

-- name: add_remark
-- What a person says of an answer now.
insert into remarks (workspace, answer_id, person, reasons, note)
values (%(workspace)s, %(answer_id)s, %(person)s, %(reasons)s, %(note)s);

-- name: current_better
-- The better answer that somebody is the author of.
select text, surface, ts from better_answers
where answer_id = %(answer_id)s and author = %(author)s and is_current;

-- name: retire_better
-- An author's better answer is current no more.
update better_answers set is_current = false
where answer_id = %(answer_id)s and author = %(author)s and is_current;

-- name: add_better
-- An author's new better answer.
insert into better_answers (workspace, answer_id, author, saved_by, text, surface, ts)
values (
    %(workspace)s, %(answer_id)s, %(author)s, %(saved_by)s, %(text)s, %(surface)s, %(ts)s
);

-- name: saved_better
-- The current better answers that were saved from a message, held until the transaction ends.
select b.answer_id, b.author, b.saved_by from better_answers b join answers a on a.id = b.answer_id
where a.workspace = %(workspace)s and a.channel = %(channel)s
and b.surface = 'reply' and b.ts = %(ts)s and b.is_current
for update of a;

-- name: withdraw_better
-- A reply that was deleted is no better answer any more.
update better_answers b set is_current = false
from answers a
where a.id = b.answer_id and a.workspace = %(workspace)s and a.channel = %(channel)s
and b.surface = 'reply' and b.ts = %(ts)s and b.is_current;

-- name: experts
-- The experts, by when they were named.
select person from experts where workspace = %(workspace)s order by created_at, person;

-- name: add_expert
-- Names an expert; changes no row when they are one.
insert into experts (workspace, person, named_by)
values (%(workspace)s, %(person)s, %(named_by)s)
on conflict do nothing;

-- name: remove_expert
-- Somebody is no expert any more.
delete from experts where workspace = %(workspace)s and person = %(person)s;

-- name: is_expert
-- Whether somebody is an expert.
select exists (select from experts where workspace = %(workspace)s and person = %(person)s);

-- name: labels_with_roles
-- Each current label, and who gave it: an expert, else who asked, else another reader.
select f.answer_id, f.person, f.label,
    case
        when e.person is not null then 'expert'
        when f.person = a.person then 'asker'
        else 'reader'
    end as role
from feedback f
join answers a on a.id = f.answer_id
left join experts e on e.workspace = f.workspace and e.person = f.person
where f.workspace = %(workspace)s and f.is_current and f.label <> 'none'
order by f.answer_id, f.id;

-- name: recent_answers
-- The messages that show the answers of the last week, newest first.
select channel, ts from answers
where workspace = %(workspace)s and channel is not null and ts is not null
and created_at > now() - interval '7 days'
order by id desc limit 200;

-- name: parts_of_person
-- The threads that a person has a part in, as far as the bot knows: asked, answered better, quoted.
select distinct channel, thread from (
    select channel, coalesce(thread_ts, ts) as thread from answers
    where workspace = %(workspace)s and person = %(person)s
    union all
    select channel, coalesce(thread_ts, ts) from inbox
    where workspace = %(workspace)s and kind in ('question', 'unasked', 'save')
    and (person = %(person)s or payload ->> 'author' = %(person)s)
    union all
    select a.channel, coalesce(a.thread_ts, a.ts)
    from better_answers b join answers a on a.id = b.answer_id
    where b.workspace = %(workspace)s and b.author = %(person)s
) as part
where channel is not null and thread is not null;

-- name: forget_contexts
-- What was said before the questions of these threads, and the prompts that repeat it.
update answers a set thread = '[]', messages = '[]'
from unnest(%(channels)s::text[], %(threads)s::text[]) as part (channel, thread)
where a.workspace = %(workspace)s and a.channel = part.channel
and coalesce(a.thread_ts, a.ts) = part.thread and a.thread <> '[]';

-- name: forget_golden
-- Golden questions in a person's words.
delete from golden_questions g using answers a
where g.workspace = %(workspace)s and g.answer_id = a.id and a.person = %(person)s;

-- name: forget_private_answers
-- Answers that their asker alone has seen.
delete from answers
where workspace = %(workspace)s and person = %(person)s
and (channel is null or channel like 'D%%');

-- name: forget_questions
-- What a person asked where others read the answer, which stays; an empty question was forgotten.
update answers set question = '', thread = '[]', messages = '[]', person = null
where workspace = %(workspace)s and person = %(person)s;

-- name: forget_labels
-- A person's thumbs.
delete from feedback where workspace = %(workspace)s and person = %(person)s;

-- name: forget_remarks
-- Why a person found answers bad.
delete from remarks where workspace = %(workspace)s and person = %(person)s;

-- name: forget_betters
-- What a person said better, whoever saved it.
delete from better_answers where workspace = %(workspace)s and author = %(person)s;

-- name: forget_saver
-- What a person saved of others stays theirs.
update better_answers set saved_by = 'somebody'
where workspace = %(workspace)s and saved_by = %(person)s;

-- name: forget_votes
-- A person's votes, and where they came and went before the last hour.
delete from inbox where workspace = %(workspace)s and person = %(person)s and (
    kind = 'vote' or (kind = 'membership' and received_at < now() - interval '1 hour'));

-- name: forget_events
-- What a person sent: the rows stay, so that nothing is done twice. What is open is let pass, but for
-- the row that this is done for.
update inbox set payload = '{}', person = null, error = null,
    state = case when state = 'received' then 'ignored' else state end,
    finished_at = coalesce(finished_at, now())
where workspace = %(workspace)s and person = %(person)s and kind <> 'membership'
and id is distinct from %(row)s::bigint;

-- name: forget_quotes
-- A person's words in what others saved.
update inbox set payload = payload - 'text' - 'author'
where workspace = %(workspace)s and kind = 'save' and payload ->> 'author' = %(person)s;

-- name: forgotten
-- The people who are forgotten.
select person from forgotten where workspace = %(workspace)s;

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
