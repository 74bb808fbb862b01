-- name: memberships
-- The inbox's newest id, and the membership changes after row `since`; at least one row.
select newest.id, i.id, i.channel, i.person
from (select coalesce(max(id), 0) as id from inbox where workspace = %(workspace)s) as newest
left join inbox i on i.workspace = %(workspace)s and i.kind = 'membership' and i.id > %(since)s;
