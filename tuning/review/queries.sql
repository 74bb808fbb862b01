-- name: queue
-- Examples in a state, null for any, oldest first.
select id, key, kind, origin, question, prompt, chosen, rejected, label, cause, state, is_edited
from examples
where workspace = %(workspace)s and (%(state)s::text is null or state = %(state)s)
    and (%(ids)s::numeric[] is null or id = any(%(ids)s::numeric[]))
order by id;

-- name: reviewable
-- Each example: the channel of its answer (null for an import), its state, and its reviewers.
select e.id, a.channel, e.state, array_remove(array_agg(r.reviewer order by r.reviewer), null)
from examples e
left join answers a on a.id = e.answer_id
left join reviews r on r.example_id = e.id
where e.workspace = %(workspace)s
group by e.id, a.channel order by e.id;

-- name: channels_asked
-- The channels of examples, of unanswered questions of the last 30 days, and of answers that
-- somebody calls outdated.
select distinct a.channel from answers a left join causes c on c.answer_id = a.id
where a.workspace = %(workspace)s and a.channel is not null and (
    (coalesce(c.cause = 'not_indexed', a.abstained) and a.created_at > now() - interval '30 days')
    or exists (select from examples e where e.answer_id = a.id)
    or exists (select from remarks m
        where m.answer_id = a.id and m.is_current and 'outdated' = any(m.reasons)));

-- name: decide_example
-- Set whether an example may be trained on, and its new words if it was edited.
update examples set state = %(state)s, chosen = coalesce(%(chosen)s::text, chosen),
    is_edited = is_edited or %(chosen)s::text is not null
where workspace = %(workspace)s and id = %(id)s
returning id;

-- name: keep_review
-- Store a reviewer's last verdict on an example.
insert into reviews (workspace, example_id, reviewer, verdict)
values (%(workspace)s, %(id)s, %(reviewer)s, %(verdict)s)
on conflict (example_id, reviewer) do update set verdict = excluded.verdict, created_at = now();

-- name: reviews
-- Every review: example, reviewer, whether the example stays.
select example_id, reviewer, verdict <> 'reject' as keeps
from reviews where workspace = %(workspace)s order by example_id, reviewer;

-- name: example_by_key
-- The number of an example.
select id from examples where workspace = %(workspace)s and key = %(key)s;
