import { type Api, startApi } from '../../support/api';
import { expectProblem } from '../../support/problem';

describe('words for errors', () => {
  let api: Api;
  let provider: string;
  beforeAll(async () => {
    api = await startApi();
    provider = await api.createProvider();
  });
  afterAll(() => api.drop());

  /** What is wrong with a body. */
  async function errors(path: string, body: object): Promise<unknown> {
    return expectProblem(await api.as(provider).post(path).send(body), 422, 'invalid_request').errors;
  }

  test.each([
    ['promoCode', 'promoCodes'],
    ['PROMOCODES', 'promoCodes'],
    ['langauge', 'language'],
  ])('an unknown member %s is probably %s', async (wrong, right) => {
    const detail = `is not known here: did you mean "${right}"?`;
    expect(await errors('/v1/quote', { currency: 'EUR', lines: [], [wrong]: 'x' })).toEqual([
      { pointer: `/${wrong}`, code: 'unknown_property', detail },
    ]);
  });

  test('a member that is like none is only unknown', async () => {
    expect(await errors('/v1/quote', { currency: 'EUR', lines: [], wholesale: 'x' })).toEqual([
      { pointer: '/wholesale', code: 'unknown_property', detail: 'is not known here' },
    ]);
  });

  test('a wrong word of a list and a wrong type come with the nearest right one', async () => {
    const promotion = { name: 'A', status: 'actve', conditions: [{ type: 'cart_totals' }] };
    expect(await errors('/v1/promotions', promotion)).toEqual([
      expect.objectContaining({ pointer: '/status', detail: expect.stringMatching(/: did you mean "active"\?$/) }),
      {
        pointer: '/conditions/0/type',
        code: 'unknown_type',
        detail: 'is not a known type: did you mean "cart_total"?',
      },
    ]);
    expect(await errors('/v1/promotions', { name: 'A', conditions: [{ type: 'moon' }] })).toEqual([
      expect.objectContaining({ detail: expect.stringMatching(/: one of .*"cart_total".*"time_window"/) }),
    ]);
  });

  test('the expected shape is said in words before the pattern', async () => {
    const line = { id: 'a', serviceType: 'x', unitPrice: '1,5' };
    expect(await errors('/v1/quote', { currency: 'EUR', lines: [line] })).toEqual([
      expect.objectContaining({
        pointer: '/lines/0/unitPrice',
        detail: expect.stringMatching(/^expected: A decimal string in major units, .* \(must match pattern /),
      }),
    ]);
  });

  test('money that is a number, and an instant that is one, are told by their shape', async () => {
    const line = { id: 'a', serviceType: 'x', unitPrice: 1.5, quantity: '2' };
    const told = (words: string) => expect.stringMatching(new RegExp(`^expected: ${words}.* \\(must be string\\)$`));
    expect(await errors('/v1/quote', { currency: 'EUR', at: 1_700_000_000, lines: [line] })).toEqual([
      { pointer: '/at', code: 'type', detail: told('An RFC 3339 instant') },
      { pointer: '/lines/0/quantity', code: 'type', detail: 'must be integer' },
      { pointer: '/lines/0/unitPrice', code: 'type', detail: told('A decimal string in major units') },
    ]);
  });

  test('an unknown query parameter is probably one that is known', async () => {
    const answer = await api.as(provider).get('/v1/promotions?statuss=active');
    expect(expectProblem(answer, 422).errors).toEqual([
      {
        pointer: '/query/statuss',
        code: 'unknown_parameter',
        detail: 'is not known here: did you mean "status"?',
      },
    ]);
  });

  test('broken JSON is broken somewhere', async () => {
    const send = (text: string, type: string) =>
      api.as(provider).post('/v1/quote').set('Content-Type', type).send(text);
    const broken = await send('{"currency": "EUR",\n "lines": [}', 'application/json');
    const problem = expectProblem(broken, 400, 'malformed_json');
    expect(problem.detail).toBe('The body is not JSON: line 2, column 12: expected a value or "]", found "}".');
    const byExpress = await send('{', 'application/json; charset=utf-8; v=1');
    expect(expectProblem(byExpress, 400, 'malformed_json').detail).toContain('line 1, column 2');
  });

  test('a taken value is named, and where the body gives it', async () => {
    const admin = api.as(provider);
    await admin.post('/v1/promotions').send({ name: 'A', key: 'sale' }).expect(201);
    await admin.post('/v1/discounts').send({ name: 'D', key: 'ten-off', value: { type: 'percent', percent: '10' } });
    const promotion = expectProblem(
      await admin.post('/v1/promotions').send({ name: 'B', key: 'sale' }),
      409,
      'key_taken',
    );
    expect(promotion).toMatchObject({
      detail: 'Another resource already has the key "sale".',
      errors: [{ pointer: '/key', code: 'key_taken' }],
    });
    const discounts = [
      { name: '1', value: { type: 'percent', percent: '10' } },
      { name: '2', key: 'ten-off', value: { type: 'percent', percent: '10' } },
    ];
    const nested = await admin.post('/v1/promotions').send({ name: 'C', discounts }).set('Idempotency-Key', 'nested');
    expect(expectProblem(nested, 409, 'key_taken').errors).toEqual([
      {
        pointer: '/discounts/1/key',
        code: 'key_taken',
        detail: 'Another resource already has the key "ten-off".',
      },
    ]);
  });

  test('a taken value with a comma in it is named whole', async () => {
    const admin = api.as(provider);
    await admin.post('/v1/tags').send({ name: 'hosting, large' }).expect(201);
    const refused = expectProblem(await admin.post('/v1/tags').send({ name: 'hosting, large' }), 409, 'name_taken');
    expect(refused.detail).toBe('Another resource already has the name "hosting, large".');
  });

  test('a taken code is named as it was sent', async () => {
    const admin = api.as(provider);
    const codes = '/v1/promotions/key:sale/promo-codes';
    await admin.post(codes).send({ code: 'SPRING' }).expect(201);
    expect(expectProblem(await admin.post(codes).send({ code: 'Spring' }), 409, 'code_taken').errors).toEqual([
      { pointer: '/code', code: 'code_taken', detail: 'Another resource already has the code "Spring".' },
    ]);
  });
});
