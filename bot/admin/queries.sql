-- name: experts
-- The experts, in the order they were named.
select person from experts where workspace = %(workspace)s order by created_at, person;

-- name: add_expert
-- Name an expert; changes no row if the person is one already.
insert into experts (workspace, person, named_by)
values (%(workspace)s, %(person)s, %(named_by)s)
on conflict do nothing;

-- name: remove_expert
-- Dismiss an expert.
delete from experts where workspace = %(workspace)s and person = %(person)s;

-- name: labels_with_roles
-- Each current label with the role of the person who gave it: expert, else asker, else reader.
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

-- name: channel_settings
-- A channel's settings.
select answers, bar, set_by from channel_settings
where workspace = %(workspace)s and channel = %(channel)s;

-- name: set_channel
-- Set the given settings of a channel and return all of them.
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

-- name: status
-- The figures of /houselore status; index counts cover only what these readers may read.
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
