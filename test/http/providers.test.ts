import { ADMIN_KEY, type Api, startApi } from '../support/api';

const NORTH = { id: 'north', name: 'North Hosting', timeZone: 'Europe/Berlin', defaultLanguage: 'en' };

describe('providers', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
  });
  const admin = () => api.http;
  const authorized = { Authorization: `Bearer ${ADMIN_KEY}` };

  test('a created provider has its defaults, a version and a place', async () => {
    const answer = await admin().post('/v1/providers').set(authorized).send(NORTH).expect(201);
    expect(answer.body).toEqual({
      ...NORTH,
      settings: {
        combination: 'best',
        maxOffers: 4,
        roundingMode: 'half_up',
        residualDays: 'one_end',
        maxPromoCodes: 1,
      },
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: answer.body.createdAt,
    });
    expect(answer.headers.location).toBe('/v1/providers/north');
    expect(answer.headers.etag).toBe('"1"');
    const read = await admin()
      .get(answer.headers.location as string)
      .set(authorized)
      .expect(200);
    expect(read.body).toEqual(answer.body);
    expect(read.headers.etag).toBe('"1"');
  });
});
