/** What one tenant may do all day. Each is done again and again, and answers what became of it; `send` sends as that tenant. */
const texts = (name, count) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** A promotion of a catalog; `turn` makes it another one than before. */
function promotion(index, turn) {
  return {
    key: `p-${index}`,
    name: `Promotion ${index}`,
    priority: turn % 2,
    conditions: [{ type: 'cart_has_service', selector: { plans: [`plan-${index}`] } }],
    discounts: [{ key: `d-${index}`, name: 'Ten', value: { type: 'percent', percent: String(10 + (turn % 2)) } }],
  };
}

/** About a megabyte, as much as a body may have. */
const documentOf = (count, turn) => ({
  tags: [],
  plans: [],
  promotions: Array.from({ length: count }, (_, index) => promotion(index, turn)),
  discounts: [],
  relatedProducts: [],
  upgradePaths: [],
});

function linesOf(count, turn) {
  const entries = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ resource: 'promotion', ...promotion(index, turn) }),
  );
  return `${['{"catalog":1}', ...entries, JSON.stringify({ end: true, count })].join('\n')}\n`;
}

const ASKED = JSON.stringify({
  currency: 'EUR',
  lines: [{ id: 'a', serviceType: 'vps', plan: 'plan-7', unitPrice: '10.00' }],
});
const NDJSON = { 'content-type': 'application/x-ndjson' };
const quote = ({ send }) => send('POST', '/v1/quote', ASKED);

/** A discount as large as the bounds allow: thousands of places in the index. */
const fat = (index) => ({
  name: `Fat ${index}`,
  discounts: [
    {
      name: 'Fat',
      value: { type: 'percent', percent: '1' },
      selector: { plans: texts(`plan-${index}`, 1_000), tags: texts(`tag-${index}`, 50) },
    },
  ],
});

/** All in order; `prepare` comes once before. */
export const neighbours = [
  {
    name: 'fat rules, written and quoted',
    async prepare({ send }) {
      for (let index = 0; index < 100; index++) await send('POST', '/v1/promotions', JSON.stringify(fat(index)));
    },
    async run({ send }, turn) {
      const { status } = await send('POST', '/v1/promotions', JSON.stringify(fat(100 + (turn % 1_000))));
      await quote({ send });
      return status;
    },
  },
  {
    name: 'generate, 12 × 100,000 codes',
    async prepare({ send }) {
      const { body } = await send(
        'POST',
        '/v1/promotions',
        JSON.stringify({ name: 'Codes', conditions: [{ type: 'promo_code' }], discounts: fat(0).discounts }),
      );
      this.id = JSON.parse(body).id;
    },
    async run({ send }) {
      const body = JSON.stringify({ count: 100_000 });
      const at = `/v1/promotions/${this.id}/promo-codes/generate`;
      const answers = await Promise.all(Array.from({ length: 12 }, () => send('POST', at, body)));
      return answers.map(({ status }) => status).join(' ');
    },
  },
  {
    name: 'PUT /v1/catalog, 1 MB',
    prepare: () => undefined,
    bodies: [0, 1].map((turn) => JSON.stringify(documentOf(4_000, turn))),
    async run({ send }, turn) {
      const { status } = await send('PUT', '/v1/catalog', this.bodies[turn % 2]);
      await quote({ send });
      return status;
    },
  },
  {
    name: 'PUT /v1/catalog, NDJSON, 20,000 promotions',
    prepare: () => undefined,
    bodies: [0, 1].map((turn) => linesOf(20_000, turn)),
    async run({ send }, turn) {
      const { status } = await send('PUT', '/v1/catalog', this.bodies[turn % 2], NDJSON);
      await quote({ send });
      return status;
    },
  },
  {
    name: 'the same catalog, read as JSON and NDJSON',
    async prepare({ send }) {
      await send('PUT', '/v1/catalog', linesOf(20_000, 0), NDJSON);
    },
    async run({ send }) {
      const { status } = await send('GET', '/v1/catalog', undefined, { accept: 'application/x-ndjson' });
      await send('GET', '/v1/catalog');
      return status;
    },
  },
  {
    name: 'import of 100,000 codes',
    async prepare({ send }) {
      const { body } = await send(
        'POST',
        '/v1/promotions',
        JSON.stringify({ name: 'Codes', conditions: [{ type: 'promo_code' }], discounts: fat(0).discounts }),
      );
      this.id = JSON.parse(body).id;
    },
    async run({ send }, turn) {
      const codes = texts(`CODE-${turn}`, 100_000).map((code) => `${JSON.stringify({ code })}\n`);
      const at = `/v1/promotions/${this.id}/promo-codes/import?batch=batch-${turn}`;
      const { status } = await send('POST', at, codes.join(''), NDJSON);
      return status;
    },
  },
  {
    name: 'upgrade paths of 100 × 100 tags, and their graph',
    async prepare({ send }) {
      for (const name of texts('t', 200)) await send('POST', '/v1/tags', JSON.stringify({ name }));
      for (let index = 0; index < 2; index++) {
        const tags = texts('t', 200);
        const path = {
          name: `Path ${index}`,
          texts: { en: { title: 'T' } },
          sources: tags.slice(0, 100),
          targets: tags.slice(100),
          transition: 'next_booking',
        };
        await send('POST', '/v1/upgrade-paths', JSON.stringify(path));
      }
    },
    async run({ send }) {
      const { status } = await send('GET', '/v1/upgrade-paths/graph');
      return status;
    },
  },
  {
    name: 'the same name 64 times at once',
    prepare: () => undefined,
    async run({ send }, turn) {
      const body = JSON.stringify({ name: `same-${turn}` });
      const answers = await Promise.all(Array.from({ length: 64 }, () => send('POST', '/v1/tags', body)));
      return answers.filter(({ status }) => status === 201).length;
    },
  },
];
