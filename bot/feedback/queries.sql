-- name: is_reply
-- Whether a message shows an answer, or a reply that will become one.
select exists (
    select from answers
    where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s
) or exists (
    select from inbox
    where workspace = %(workspace)s and reply_channel = %(channel)s and reply_ts = %(ts)s
);

-- name: lock_answer
-- Lock the answer that a message shows until the end of the transaction.
select id from answers
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s for update;

-- name: votes
-- All presses and reactions on a message, in Slack's order.
select person, payload from inbox
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s and kind = 'vote'
order by (payload ->> 'at')::numeric, id;

-- name: current_labels
-- Each person's current label on an answer.
select person, label from feedback where answer_id = %(answer_id)s and is_current;

-- name: retire_label
-- Mark a person's label as no longer current.
update feedback set is_current = false
where answer_id = %(answer_id)s and person = %(person)s and is_current;

-- name: add_label
-- Add a person's new current label.
insert into feedback (workspace, answer_id, person, label, surface)
values (%(workspace)s, %(answer_id)s, %(person)s, %(label)s, %(surface)s);

-- name: judged_by_id
-- An answer and its place in Slack, by id.
select id, channel, ts, thread_ts, person from answers
where workspace = %(workspace)s and id = %(id)s;

-- name: judged_at
-- The answer that a message shows.
select id, channel, ts, thread_ts, person from answers
where workspace = %(workspace)s and channel = %(channel)s and ts = %(ts)s;

-- name: judged_before
-- The last answer in a thread before a message.
select id, channel, ts, thread_ts, person from answers
where workspace = %(workspace)s and channel = %(channel)s
and (thread_ts = %(thread_ts)s or ts = %(thread_ts)s) and ts::numeric < %(ts)s::numeric
order by ts::numeric desc limit 1;

-- name: hold_judged
-- Lock an answer until the end of the transaction, if it is still in the channel whose readers were
-- checked.
select id from answers
where workspace = %(workspace)s and id = %(id)s and channel is not distinct from %(channel)s::text
for update;

-- name: current_remark
-- A person's current comment on an answer.
select reasons, note from remarks
where answer_id = %(answer_id)s and person = %(person)s and is_current;

-- name: retire_remark
-- Mark a person's comment as no longer current.
update remarks set is_current = false
where answer_id = %(answer_id)s and person = %(person)s and is_current;

-- name: add_remark
-- Add a person's new current comment.
insert into remarks (workspace, answer_id, person, reasons, note)
values (%(workspace)s, %(answer_id)s, %(person)s, %(reasons)s, %(note)s);

-- name: current_better
-- An author's current correction of an answer.
select text, surface, ts from better_answers
where answer_id = %(answer_id)s and author = %(author)s and is_current;

-- name: retire_better
-- Mark an author's correction as no longer current.
update better_answers set is_current = false
where answer_id = %(answer_id)s and author = %(author)s and is_current;

-- name: add_better
-- Add an author's new current correction.
insert into better_answers (workspace, answer_id, author, saved_by, text, surface, ts)
values (
    %(workspace)s, %(answer_id)s, %(author)s, %(saved_by)s, %(text)s, %(surface)s, %(ts)s
);

-- name: saved_better
-- Lock the answers whose current correction was saved from a message, and return those corrections.
select b.answer_id, b.author, b.saved_by from better_answers b join answers a on a.id = b.answer_id
where a.workspace = %(workspace)s and a.channel = %(channel)s
and b.surface = 'reply' and b.ts = %(ts)s and b.is_current
for update of a;

-- name: withdraw_better
-- Mark the corrections that were saved from a deleted message as no longer current.
update better_answers b set is_current = false
from answers a
where a.id = b.answer_id and a.workspace = %(workspace)s and a.channel = %(channel)s
and b.surface = 'reply' and b.ts = %(ts)s and b.is_current;

-- name: recent_answers
-- The messages that show last week's answers, newest first.
select channel, ts from answers
where workspace = %(workspace)s and channel is not null and ts is not null
and created_at > now() - interval '7 days'
order by id desc limit 200;

-- name: parts_of_person
-- The threads in which a person asked, wrote a correction or was quoted.
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
-- Erase the conversation before the questions of these threads, and the prompts that repeat it.
update answers a set thread = '[]', messages = '[]'
from unnest(%(channels)s::text[], %(threads)s::text[]) as part (channel, thread)
where a.workspace = %(workspace)s and a.channel = part.channel
and coalesce(a.thread_ts, a.ts) = part.thread and a.thread <> '[]';

-- name: forget_golden
-- Delete golden questions in a person's words.
delete from golden_questions g using answers a
where g.workspace = %(workspace)s and g.answer_id = a.id and a.person = %(person)s;

-- name: forget_private_answers
-- Delete answers that only their asker has seen.
delete from answers
where workspace = %(workspace)s and person = %(person)s
and (channel is null or channel like 'D%%');

-- name: forget_questions
-- Erase a person's questions where others read the answer; the answer stays. An empty question
-- marks an erased one.
update answers set question = '', thread = '[]', messages = '[]', person = null
where workspace = %(workspace)s and person = %(person)s;

-- name: forget_labels
-- Delete a person's labels.
delete from feedback where workspace = %(workspace)s and person = %(person)s;

-- name: forget_remarks
-- Delete a person's comments.
delete from remarks where workspace = %(workspace)s and person = %(person)s;

-- name: forget_betters
-- Delete the corrections a person wrote, whoever saved them.
delete from better_answers where workspace = %(workspace)s and author = %(person)s;

-- name: forget_saver
-- Erase a person as the saver of corrections that others wrote.
update better_answers set saved_by = 'somebody'
where workspace = %(workspace)s and saved_by = %(person)s;

-- name: forget_votes
-- Delete a person's votes, and their membership changes older than an hour. Younger ones stay:
-- other processes may not have read them yet.
delete from inbox where workspace = %(workspace)s and person = %(person)s and (
    kind = 'vote' or (kind = 'membership' and received_at < now() - interval '1 hour'));

-- name: forget_events
-- Erase what a person sent. The rows stay, so that a repeated event is still recognized. Open rows
-- are ignored, except the one that asks for the erasure.
update inbox set payload = '{}', person = null, error = null,
    state = case when state = 'received' then 'ignored' else state end,
    finished_at = coalesce(finished_at, now())
where workspace = %(workspace)s and person = %(person)s and kind <> 'membership'
and id is distinct from %(row)s::bigint;

-- name: forget_quotes
-- Erase a person's words in replies that others saved.
update inbox set payload = payload - 'text' - 'author'
where workspace = %(workspace)s and kind = 'save' and payload ->> 'author' = %(person)s;

-- name: forgotten
-- The people whose data was erased.
select person from forgotten where workspace = %(workspace)s;
