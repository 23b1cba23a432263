const INVISIBLE = /\p{Cf}+/gu;
const TRIMMED = /^[\s\u0085]+|[\s\u0085]+$/g;
const BATCH = 5000;
const REPORTED = 50;

/** The code without what cannot be seen; as the service trims what it is sent, at the time of this migration. */
function visible(code) {
  return code.replace(INVISIBLE, '').replace(TRIMMED, '');
}

/** The form in which codes are compared, as the service makes it at the time of this migration. */
function folded(code) {
  const capitals = visible(code).normalize('NFD').toLowerCase().toUpperCase().normalize('NFD');
  return capitals
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replace(/i(\p{M}*?)\u0307/gu, 'i$1')
    .normalize('NFC');
}

async function* storedCodes(knex) {
  let last = ['', ''];
  for (;;) {
    const { rows } = await knex.raw(
      `select provider_id, id, promotion_id, code, code_key from promo_codes
       where (provider_id, id) > (?, ?) order by provider_id, id limit ?`,
      [...last, BATCH],
    );
    if (rows.length === 0) return;
    yield rows;
    last = [rows.at(-1).provider_id, rows.at(-1).id];
  }
}

/** Codes that would read the same, and codes of which nothing would be left: each a line for people. */
async function collisions(knex) {
  const found = [];
  const { rows } = await knex.raw(
    `select provider_id, min(coalesce(f.code_key, c.code_key)) as form,
       json_agg(json_build_object('code', c.code, 'id', c.id, 'promotion', c.promotion_id) order by c.id) as codes
     from promo_codes c left join folded_codes f using (provider_id, id)
     group by provider_id, coalesce(f.code_key, c.code_key)
     having count(*) > 1 or min(coalesce(f.code_key, c.code_key)) = ''
     order by provider_id, 2`,
  );
  for (const { provider_id: provider, form, codes } of rows) {
    const named = codes.map(({ code, id, promotion }) => `${JSON.stringify(code)} (${id} of promotion ${promotion})`);
    const what = form === '' ? 'have nothing that can be seen' : 'would be one code';
    found.push(`provider ${provider}: ${named.join(', ')} ${what}`);
  }
  return found;
}

async function up(knex) {
  await knex.raw(
    `create temporary table folded_codes (
       provider_id text collate "C", id text collate "C", code text, code_key text collate "C",
       primary key (provider_id, id)
     ) on commit drop`,
  );
  for await (const rows of storedCodes(knex)) {
    const changed = rows
      .map((row) => ({ ...row, new_code: visible(row.code), new_key: folded(row.code) }))
      .filter((row) => row.new_code !== row.code || row.new_key !== row.code_key);
    await knex.raw(
      `insert into folded_codes select * from unnest(?::text[], ?::text[], ?::text[], ?::text[])`,
      ['provider_id', 'id', 'new_code', 'new_key'].map((name) => changed.map((row) => row[name])),
    );
  }
  const found = await collisions(knex);
  if (found.length > 0) {
    const more = found.length > REPORTED ? [`and ${found.length - REPORTED} more`] : [];
    throw new Error(
      [
        'Promo codes are compared by full case folding and without invisible characters from now on, and some stored',
        'codes are no longer different. Nothing was changed. Rename or remove them with the release that ran before:',
        ...found.slice(0, REPORTED),
        ...more,
      ].join('\n'),
    );
  }
  // Two steps, because a code may become what another one was.
  await knex.raw(
    `update promo_codes c set code_key = chr(1) || c.id from folded_codes f
     where c.provider_id = f.provider_id and c.id = f.id and c.code_key <> f.code_key`,
  );
  await knex.raw(
    `update promo_codes c set code = f.code, code_key = f.code_key from folded_codes f
     where c.provider_id = f.provider_id and c.id = f.id`,
  );
  await knex.raw(
    `comment on column promo_codes.code is 'The code as people see it, trimmed, without invisible characters.'`,
  );
  await knex.raw(
    `comment on column promo_codes.code_key is 'The code in the form in which codes are compared: full case folding, composed.'`,
  );
}

/** The older form of what is stored now: still unique, because it tells more codes apart. */
async function down(knex) {
  for await (const rows of storedCodes(knex)) {
    await knex.raw(
      `update promo_codes c set code_key = f.code_key from unnest(?::text[], ?::text[], ?::text[]) f (provider_id, id, code_key)
       where c.provider_id = f.provider_id and c.id = f.id`,
      [
        rows.map((row) => row.provider_id),
        rows.map((row) => row.id),
        rows.map((row) => row.code.trim().normalize('NFC').toLowerCase()),
      ],
    );
  }
  await knex.raw(`comment on column promo_codes.code is 'The code as people see it, trimmed.'`);
  await knex.raw(
    `comment on column promo_codes.code_key is 'The code in the form in which codes are compared: normalised, lower case.'`,
  );
}

exports.up = up;
exports.down = down;
