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
